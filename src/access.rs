//! Is this the whole story? What a page tells of it, and the wall that stands where its text breaks off.
//!
//! Only what the page says of this story counts (JSON-LD, `article:content_tier`), and notices at the place where the story ends: a link
//! to subscribe in the navigation tells nothing. This module must not know how blocks are chosen or what is removed.

use std::fmt;

use crate::Kind;
use crate::page::Page;

/// Whether a story is all there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Access {
    /// See [`AccessState`].
    pub state: AccessState,
    /// What it is concluded from, in words for a person; empty if nothing is known.
    pub evidence: Vec<String>,
}

/// How much of a story its page gives to everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessState {
    /// The page says that the story is free, and no wall stands at its end.
    Open,
    /// The story is there, and the page says that not everybody may read every one.
    Metered,
    /// A wall stands where the text breaks off: this is a teaser.
    Walled,
    /// The page does not tell.
    #[default]
    Unknown,
}

impl AccessState {
    /// The state as reports write it.
    ///
    /// ```
    /// assert_eq!(storysieve::AccessState::Walled.name(), "walled");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Metered => "metered",
            Self::Walled => "walled",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for AccessState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a page declares of its story.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FreeOrNot {
    /// JSON-LD `isAccessibleForFree`.
    pub(crate) free: Option<bool>,
    /// JSON-LD `hasPart` names a part that is not free.
    pub(crate) part: bool,
    /// `article:content_tier`.
    pub(crate) tier: Option<String>,
}

/// A piece that a rule took: what for, and its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) kind: Kind,
    pub(crate) start: u64,
}

/// Blocks behind the story's last among which a wall belongs to it.
const NEAR_BLOCKS: usize = 4;
/// Bytes of markup behind it within which a widget does.
const NEAR_BYTES: u64 = 6_000;
/// A story of fewer words before a wall is a teaser, whatever its last sentence looks like.
const TEASER_WORDS: u32 = 350;
/// A story of so many words that a page calls not free is given whole all the same.
const WHOLE_WORDS: u32 = 250;

/// Concludes from a page, the blocks that are its story, what the page declares and what was taken out of it.
pub(crate) fn conclude(page: &Page, story: &[u32], declared: &FreeOrNot, taken: &[Taken]) -> Access {
    let Some(last) = story.last().map(|block| *block as usize) else { return Access::default() };
    let mut evidence = declarations(declared);
    let words: u32 = story.iter().map(|block| page.blocks[*block as usize].words).sum();
    let end = page.blocks[last].bytes.1;
    let behind = last + 1..page.blocks.len().min(last + 1 + NEAR_BLOCKS);
    let notice = behind.map(|at| &page.blocks[at]).find(|block| block.wall);
    let widget = taken.iter().find(|taken| taken.kind == Kind::Paywall && (end..end + NEAR_BYTES).contains(&taken.start));
    let text = page.text_of(&page.blocks[last]).trim_end();
    let broken = text.ends_with(['…', ',', ':', '-', '–']) || text.ends_with("...") || text.ends_with("[…]");
    if let Some(block) = notice {
        evidence.push(format!("behind the story's last words: {:?}", excerpt(page.text_of(block))));
    } else if widget.is_some() {
        evidence.push("a paywall stood behind the story's last words".to_owned());
    }
    let wall = notice.is_some() || widget.is_some();
    if broken && (wall || declared.free == Some(false)) {
        evidence.push(format!("its last words break off: {:?}", tail(text)));
    }
    let counted = notice.is_some_and(|block| page.text_of(block).chars().any(|c| c.is_ascii_digit()));
    let locked = declared.free == Some(false) || declared.tier.as_deref().is_some_and(|tier| tier != "free" && tier != "metered");
    let free = declared.free == Some(true) || declared.tier.as_deref() == Some("free");
    let state = if wall && !free && (broken || locked || words < TEASER_WORDS) && !(counted && words >= TEASER_WORDS) {
        AccessState::Walled
    } else if locked && (broken || words < WHOLE_WORDS) {
        AccessState::Walled
    } else if declared.tier.as_deref() == Some("metered") || locked || wall && counted {
        AccessState::Metered
    } else if free {
        AccessState::Open
    } else {
        AccessState::Unknown
    };
    if state == AccessState::Unknown {
        evidence.clear();
    }
    Access { state, evidence }
}

fn declarations(declared: &FreeOrNot) -> Vec<String> {
    let mut evidence = Vec::new();
    if let Some(free) = declared.free {
        evidence.push(format!("JSON-LD: isAccessibleForFree is {free}"));
    }
    if declared.part {
        evidence.push("JSON-LD: hasPart names a part that is not free".to_owned());
    }
    if let Some(tier) = &declared.tier {
        evidence.push(format!("article:content_tier is {tier:?}"));
    }
    evidence
}

fn excerpt(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

fn tail(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(30);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot read its page should fail")]

    use crate::{AccessState, Sieve};

    const STORY: &str = "<p>The harbour of Brennick reopened on Monday, eleven months after the storm that sank two ferries.</p>\
        <p>Fishermen said that the first catch was small but good, and that the new breakwater held.</p>";

    fn state(head: &str, body: &str) -> AccessState {
        let page = format!(
            "<html lang=en><head><title>Harbour reopens</title>{head}</head><body><article><h1>Harbour reopens</h1>{body}</article></body></html>"
        );
        Sieve::builder().build().unwrap().story(page.as_bytes()).unwrap().access().state
    }

    fn json_ld(free: &str) -> String {
        format!(
            "<script type=\"application/ld+json\">{{\"@type\":\"NewsArticle\",\"headline\":\"Harbour reopens\",\"isAccessibleForFree\":{free}}}</script>"
        )
    }

    #[test]
    fn a_wall_counts_where_the_story_breaks_off() {
        let wall = "<div><p>To continue reading, subscribe today.</p><p>Already a subscriber? Log in.</p></div>";
        let long =
            "<p>The ferries had carried four hundred people a day over the bay to the islands of the north.</p>".repeat(30);
        for (head, body, want) in [
            (String::new(), STORY.to_owned(), AccessState::Unknown),
            (String::new(), format!("{STORY}<p>The mayor had been warned before the storm…</p>{wall}"), AccessState::Walled),
            (
                String::new(),
                format!("<nav><a href=/subscribe>Subscribe to continue reading</a></nav>{STORY}"),
                AccessState::Unknown,
            ),
            (json_ld("true"), STORY.to_owned(), AccessState::Open),
            (json_ld("\"False\""), STORY.to_owned(), AccessState::Walled),
            (json_ld("false"), format!("{STORY}{long}"), AccessState::Metered),
            ("<meta property=article:content_tier content=metered>".to_owned(), STORY.to_owned(), AccessState::Metered),
            ("<meta property=article:content_tier content=free>".to_owned(), STORY.to_owned(), AccessState::Open),
        ] {
            assert_eq!(state(&head, &body), want, "{head} {}", &body[..body.len().min(300)]);
        }
    }
}
