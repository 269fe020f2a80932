//! What can be said of elements by their start tags alone: which rules name them, and which nobody hears of.
//!
//! A step ahead of the judge, this goes over what begins and ends, matches the selectors, chooses the site rules by what the page's head
//! says, and leaves a [`Note`] for each element. It must not know what is decided by texts, or how a story is found.

use url::Url;

use crate::matcher::selectors::SelectorState;
use crate::matcher::set::{Active, Role, RuleSet};
use crate::pass::Kinds;
use crate::scan::attrs::TagText;
use crate::scan::moment::{Moment, Step};
use crate::scan::stack::DEEP;
use crate::scan::tag::{Tag, TagSet};

/// See the module.
pub(crate) struct Selecting {
    kinds: Kinds,
    selectors: SelectorState,
    /// The rules that are on, from where the page was read to.
    active: Active,
    /// What an open element means to those in it.
    open: Vec<Level>,
    /// What begins inside this element is not heard of; its depth.
    unheard: Option<(usize, Fate)>,
    /// Elements a site's `[story] select` matched that are open.
    roots: u32,
    /// The page's navigation and its own footer are not heard of.
    skips_frame: bool,
    /// Nothing of the page's body has been seen: what the head says may still choose the rules.
    in_head: bool,
    url_known: bool,
    declared: Declared,
    notes: Vec<Note>,
    lists: Vec<u32>,
    /// The lists that match the last element.
    matching: Vec<u32>,
}

/// What the page says of its own address.
#[derive(Debug, Default)]
struct Declared {
    canonical: Option<String>,
    og_url: Option<String>,
    base: Option<String>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// In a part of the page's content, which may have a footer of its own.
    sectioned: bool,
    /// A site keeps it, or an element around it.
    safe: bool,
    root: bool,
}

/// What is to become of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is heard of.
    Heard,
    /// A rule drops it at once.
    Dropped(u32),
    /// What is in it is not seen as text.
    Inert,
    /// It belongs to what goes around the page's content.
    Frame,
}

/// What is known of an element that begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note {
    pub(crate) fate: Fate,
    /// A site keeps it, see `[story] keep`.
    pub(crate) protect: bool,
    /// The selector lists that match it: a range of [`Selecting::lists`].
    lists: (u32, u32),
}

/// Room that is made beforehand for notes. Chosen.
const NOTES: usize = 512;
/// Elements whose content is not seen as text, unless nothing else is.
const INERT: TagSet = TagSet::of(&[Tag::Select, Tag::Svg, Tag::Video, Tag::Audio, Tag::Iframe, Tag::Noframes, Tag::Noembed]);
/// What a story stands in; a footer in it is not the page's.
const SECTIONED: TagSet = TagSet::of(&[Tag::Article, Tag::Main, Tag::Section]);
/// What tells of the page wherever it stands, even in a footer: JSON-LD and microdata.
pub(crate) const TELLING: TagSet = TagSet::of(&[Tag::Link, Tag::Meta, Tag::Script]);
/// Elements that stand in a head, or may stand before it.
pub(crate) const HEAD: TagSet = TagSet::of(&[
    Tag::Html,
    Tag::Head,
    Tag::Base,
    Tag::Link,
    Tag::Meta,
    Tag::Noscript,
    Tag::Script,
    Tag::Style,
    Tag::Template,
    Tag::Title,
    Tag::Noframes,
]);

impl Selecting {
    pub(crate) fn new(rules: &RuleSet, active: Active, kinds: Kinds, url: Option<&Url>) -> Self {
        let mut selecting = Self {
            kinds,
            selectors: SelectorState::new(&rules.selectors, None),
            active,
            open: Vec::with_capacity(DEEP),
            unheard: None,
            roots: 0,
            skips_frame: false,
            in_head: true,
            url_known: false,
            declared: Declared::default(),
            notes: Vec::with_capacity(NOTES),
            lists: Vec::new(),
            matching: Vec::new(),
        };
        if let Some(url) = url {
            selecting.arrive(rules, url);
            selecting.url_known = true;
        }
        selecting
    }

    /// From now on the page's frame is left unread, unless a site's rules say where its story is.
    pub(crate) fn skip_frame(&mut self) {
        self.skips_frame = true;
    }

    /// The rules that are on.
    pub(crate) fn active(&self) -> &Active {
        &self.active
    }

    /// What was noted of an element of this step.
    pub(crate) fn note(&self, at: u32) -> Option<Note> {
        self.notes.get(at as usize).copied()
    }

    /// The selector lists that match it.
    pub(crate) fn lists(&self, note: &Note) -> &[u32] {
        self.lists.get(note.lists.0 as usize..note.lists.1 as usize).unwrap_or_default()
    }

    /// Forgets its notes.
    pub(crate) fn forget(&mut self) {
        self.notes.clear();
        self.lists.clear();
    }

    /// Goes over a step. Notes of the step before are forgotten.
    pub(crate) fn step(&mut self, rules: &RuleSet, step: &mut Step<'_>) {
        self.forget();
        for moment in step.moments() {
            match *moment {
                Moment::Open(at) => self.tag(rules, step, at),
                Moment::Close { depth, tag, .. } => self.close(rules, depth as usize, tag),
                Moment::Text { end, node, .. } if node < end && self.in_head && self.unheard.is_none() => self.leave_head(rules),
                _ => {}
            }
        }
    }

    fn tag(&mut self, rules: &RuleSet, step: &mut Step<'_>, at: u32) {
        let opening = step.opening(at);
        let tag = opening.tag;
        if let Some((_, fate)) = self.unheard {
            if fate == Fate::Frame && TELLING.has(tag) {
                step.take_apart(at);
            }
            return;
        }
        opening.note = self.notes.len() as u32;
        let (shape, depth) = ((opening.void, opening.foreign), opening.depth as usize);
        let text = step.take_apart(at);
        self.open(rules, tag, &text, shape, depth);
    }

    /// An element begins, and is heard of: notes what is known of it.
    pub(crate) fn open(&mut self, rules: &RuleSet, tag: Tag, text: &TagText<'_>, (void, foreign): (bool, bool), depth: usize) {
        if self.in_head {
            self.head_tag(tag, text);
            if !HEAD.has(tag) {
                self.leave_head(rules);
            }
        }
        self.matching.clear();
        self.selectors.open(&rules.selectors, tag, text, void, &mut self.matching);
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(&self.matching);
        let lists = (start, self.lists.len() as u32);
        let around = self.open.last().copied().unwrap_or_default();
        let (mut protect, mut root, mut drop) = (false, false, None);
        for list in &self.matching {
            for role in rules.roles(*list) {
                match *role {
                    Role::Keep(site) if self.active.sites.contains(&site) => {
                        // Where the story stands is not known yet, unless the site says it.
                        protect |= self.roots > 0 || !rules.selects_story(site);
                    }
                    Role::Story(site, _) if self.active.sites.contains(&site) => root = true,
                    Role::Remove(rule) if drop.is_none() && self.active.rule(rule) => drop = Some(rule),
                    _ => {}
                }
            }
        }
        let safe = protect || around.safe;
        let inert = INERT.has(tag) || tag == Tag::Template && text.raw("shadowrootmode").is_none() && !foreign;
        let fate = match drop {
            Some(rule) if !safe => Fate::Dropped(rule),
            _ if void => Fate::Heard,
            _ if self.is_frame(rules, tag, around) => Fate::Frame,
            _ if inert => Fate::Inert,
            _ => Fate::Heard,
        };
        self.notes.push(Note { fate, protect, lists });
        if void {
            return;
        }
        root &= !matches!(fate, Fate::Dropped(_));
        self.roots += u32::from(root);
        self.open.push(Level { sectioned: around.sectioned || SECTIONED.has(tag), safe, root });
        if fate != Fate::Heard {
            self.unheard = Some((depth, fate));
        }
    }

    /// An element ends, heard of or not.
    pub(crate) fn close(&mut self, rules: &RuleSet, depth: usize, tag: Tag) {
        if let Some((unheard, _)) = &mut self.unheard {
            if depth > *unheard {
                return;
            }
            if depth == *unheard {
                self.unheard = None;
            } else {
                // A misnested element ends below the one that is not heard of.
                *unheard -= 1;
            }
        }
        if tag == Tag::Head {
            // What follows is no head any more, whatever it is.
            self.leave_head(rules);
        }
        self.selectors.close(&rules.selectors, depth);
        // Nearly always it is the innermost.
        let gone = if depth + 1 == self.open.len() {
            self.open.pop()
        } else {
            (depth < self.open.len()).then(|| self.open.remove(depth))
        };
        self.roots -= u32::from(gone.is_some_and(|gone| gone.root));
    }

    fn is_frame(&self, rules: &RuleSet, tag: Tag, around: Level) -> bool {
        let frame = match tag {
            Tag::Nav => true,
            Tag::Footer => !around.sectioned,
            _ => false,
        };
        frame && self.skips_frame && !rules.tell_stories(&self.active)
    }

    /// Turns on the rules of an address.
    fn arrive(&mut self, rules: &RuleSet, url: &Url) {
        let kinds = self.kinds;
        rules.activate(&mut self.active, url.host_str().unwrap_or_default(), url.path(), |kind| kinds.has(kind));
        self.selectors.enter(&rules.selectors, &self.active.scopes);
    }

    /// What the head says of the page's address chooses its rules, when nobody else did.
    fn head_tag(&mut self, tag: Tag, text: &TagText<'_>) {
        match tag {
            Tag::Link if has_word(text, "rel", "canonical") => {
                self.declared.canonical = self.declared.canonical.take().or_else(|| text.get("href").map(String::from));
            }
            Tag::Meta if has_word(text, "property", "og:url") || has_word(text, "name", "og:url") => {
                self.declared.og_url = self.declared.og_url.take().or_else(|| text.get("content").map(String::from));
            }
            Tag::Base => self.declared.base = self.declared.base.take().or_else(|| text.get("href").map(String::from)),
            _ => {}
        }
    }

    /// The body begins: the rules are chosen.
    #[cold]
    fn leave_head(&mut self, rules: &RuleSet) {
        let left = !std::mem::take(&mut self.in_head);
        if left || self.url_known {
            return;
        }
        let said = [self.declared.canonical.take(), self.declared.og_url.take(), self.declared.base.take()];
        let url = said.into_iter().flatten().find_map(|said| Url::parse(said.trim()).ok().filter(|url| url.has_host()));
        match url {
            Some(url) => self.arrive(rules, &url),
            None => self.selectors.enter(&rules.selectors, &[]),
        }
    }
}

fn has_word(text: &TagText<'_>, attribute: &str, word: &str) -> bool {
    text.raw(attribute).is_some_and(|value| value.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::{Fate, Selecting};
    use crate::matcher::set::RuleSet;
    use crate::pass::Kinds;
    use crate::rules::read::read;
    use crate::scan::moment::Step;
    use crate::scan::tag::Tag;
    use crate::scan::{Ended, Events, Opened, Reading, Scanner};

    const RULES: &str = "schema = 1\nhosts = ['harbour.example']\n\
        [story]\nselect = ['main']\nkeep = ['.kept']\n\
        [[remove]]\nid = 'box'\nkind = 'ad'\nselect = ['.box']";

    /// Writes down of each element that is heard of its `id` and what is to become of it.
    struct Heard {
        rules: RuleSet,
        selecting: Selecting,
        log: Vec<(String, Fate)>,
    }

    impl Events for Heard {
        fn look_ahead(&mut self, step: &mut Step<'_>) {
            self.selecting.step(&self.rules, step);
        }

        fn open(&mut self, opened: &Opened<'_>) {
            if let Some(id) = opened.text.get("id") {
                let fate = self.selecting.note(opened.note).unwrap().fate;
                self.log.push((id.into_owned(), fate));
            }
        }

        fn close(&mut self, _: usize, _: Tag, _: (u64, u64), _: Ended) {}

        fn wants_text(&self, _: bool) -> bool {
            false
        }

        fn text(&mut self, _: &str, _: u64, _: u64) {}

        fn pause(&mut self, _: u64) {}

        fn wants_raw(&self, _: Tag) -> bool {
            false
        }

        fn raw(&mut self, _: Tag, _: &str) {}
    }

    /// What is heard of a page, given in pieces of so many bytes.
    fn heard(page: &str, rules: &str, piece: usize) -> Vec<(String, Fate)> {
        let rules = RuleSet::new(&[read("harbour.toml", "harbour", rules).unwrap()]).unwrap();
        let mut selecting = Selecting::new(&rules, rules.base(|_| true, true), Kinds(u32::MAX), None);
        selecting.skip_frame();
        let mut heard = Heard { rules, selecting, log: Vec::new() };
        let mut scanner = Scanner::new(encoding_rs::UTF_8, usize::MAX, Reading::Browser);
        for (at, bytes) in page.as_bytes().chunks(piece).enumerate() {
            let all = &page.as_bytes()[..at * piece + bytes.len()];
            assert!(scanner.feed(bytes, all, 0, &mut heard));
        }
        scanner.finish(page.as_bytes(), 0, &mut heard);
        heard.log
    }

    fn of(log: &[(String, Fate)]) -> Vec<(&str, Fate)> {
        log.iter().map(|(id, fate)| (id.as_str(), *fate)).collect()
    }

    #[test]
    fn the_head_chooses_the_rules_and_what_is_gone_stays_gone() {
        let page = "<!doctype html><head><i class=box id=early></i><link rel=canonical href='https://www.harbour.example/boats'></head>\
            <body><p id=a>In.<div id=b class=box><p id=c>Buy.</div><main id=d><p class=kept id=e><b class=box id=f>Stay.</b></main>";
        for piece in [1, 7, 1000] {
            let log = heard(page, RULES, piece);
            // The `i` ends the head before the link is seen, so the page says nothing of its address.
            assert!(of(&log).iter().all(|(_, fate)| *fate == Fate::Heard), "{log:?}");
            let log = heard(&page.replacen("<i class=box id=early></i>", "", 1), RULES, piece);
            let ids: Vec<_> = of(&log).into_iter().map(|(id, fate)| (id, matches!(fate, Fate::Dropped(_)))).collect();
            assert_eq!(ids, [("a", false), ("b", true), ("d", false), ("e", false), ("f", false)], "{piece}");
        }
    }

    #[test]
    fn the_frame_of_a_page_is_not_heard_of() {
        let none = "schema = 1\n[[remove]]\nid = 'x'\nkind = 'ad'\nselect = ['.x']";
        let page = "<body><nav id=a><p id=b>Home</nav><article id=c><p id=d>In.<footer id=e><p id=f>By.</footer></article>\
            <b id=g><svg id=h><path id=i /></b></svg><footer id=j><p id=k>Us.</footer><p id=l>Out.";
        for piece in [1, 5, 1000] {
            let log = heard(page, none, piece);
            let expected = [
                ("a", Fate::Frame),
                ("c", Fate::Heard),
                ("d", Fate::Heard),
                ("e", Fate::Heard),
                ("f", Fate::Heard),
                ("g", Fate::Heard),
                ("h", Fate::Inert),
                ("j", Fate::Frame),
                ("l", Fate::Heard),
            ];
            assert_eq!(of(&log), expected, "{piece}");
        }
    }
}
