//! Why a block is story or is not: the steps of [`choose`], told after the fact.
//!
//! Choosing notes nothing, because nearly nobody asks. Who asks pays for going through the steps once more, by the same functions.

use super::along::headed;
use super::barred::{is_aside, is_credit};
use super::*;

/// What decided on a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ground {
    /// It shows the headline.
    Headline,
    /// A rule removed it.
    Removed,
    /// It stands in a `noscript`, or hidden, and once more where it is seen.
    Double,
    /// The site's `[story] select` decided: it stands in what that names, or not.
    Root(bool),
    /// The site's `[story] keep` names what it stands in.
    Kept,
    /// It says who wrote the story, or when.
    Credit,
    /// It only leads to another story, or says whose a picture is.
    Aside,
    /// A picture or a caption inside the story.
    Figure,
    /// It is likelier than this, which is enough on its page.
    Likely(f32),
    /// It is one of few blocks, so it need not be as likely.
    FewBlocks(f32),
    /// It stands beside its like, which is story.
    Beside,
    /// It is hidden under its question, which is story.
    Answer,
    /// It stands between the headline and the story.
    Standfirst,
    /// It heads what stands right under it, which is story.
    Heading,
    /// It leads to something that was left out.
    Dangling,
    /// It is a reader comment.
    Comment,
    /// It holds no words.
    Wordless,
    /// It is hidden, and what is hidden would have to be as likely as this.
    Hidden(f32),
    /// It would have to be likelier than this.
    Unlikely(f32),
}

/// What decided on each block of a page, by what [`choose`] made of it.
pub(crate) fn grounds(page: &Page, about: About<'_>, focus: Focus, choice: &Choice) -> Vec<Ground> {
    let doubles = Doubles::of(page);
    let early = |i: u32| {
        let block = &page.blocks[i as usize];
        if block.removed {
            Some(Ground::Removed)
        } else if Some(i) == about.headline {
            Some(Ground::Headline)
        } else {
            doubles.has(page, block).then_some(Ground::Double)
        }
    };
    let all = 0..page.blocks.len() as u32;
    let story = |i: u32| choice.blocks.binary_search(&i).is_ok();
    if !page.roots.is_empty() {
        return all.map(|i| early(i).unwrap_or(Ground::Root(story(i)))).collect();
    }
    let model = Model::bundled();
    let table = Table::of(page, about, &model.words);
    let judged = model.judge(&table);
    let allowed = allowed(page, about, &doubles, &judged);
    let (likely, enough) = best_prefix(page, &judged.probabilities, &allowed, focus.beta());
    let (more, less) = best_prefix(page, &judged.probabilities, &allowed, focus.beta() * SMALL_BETA);
    let small = is_small(page);
    let mut beside = likely.clone();
    with_siblings(page, &judged.probabilities, &allowed, &mut beside);
    let mut answered = beside.clone();
    with_answers(page, &judged.probabilities, |i| least_likely(page, i, about, &doubles), &mut answered);
    all.map(|i| {
        let at = i as usize;
        let block = &page.blocks[at];
        if let Some(ground) = early(i) {
            ground
        } else if story(i) {
            match () {
                () if likely[at] => Ground::Likely(enough),
                () if kept_by_rule(page, block) => Ground::Kept,
                () if small && more[at] && is_whole(page, block) => Ground::FewBlocks(less),
                () if beside[at] => Ground::Beside,
                () if answered[at] => Ground::Answer,
                () if headed(page, at).is_some() => Ground::Heading,
                () => Ground::Standfirst,
            }
        } else if likely[at] || answered[at] {
            Ground::Dangling
        } else if choice.figures.binary_search(&i).is_ok() {
            Ground::Figure
        } else if !allowed[at] && is_aside(page, i) {
            Ground::Aside
        } else if !allowed[at] && is_credit(page, i, about.byline) {
            Ground::Credit
        } else if block.words == 0 {
            Ground::Wordless
        } else if choice.comments.binary_search(&i).is_ok() {
            Ground::Comment
        } else if block.hidden && !allowed[at] {
            Ground::Hidden(hidden_likely(&judged).max(enough))
        } else {
            Ground::Unlikely(enough)
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;
    use crate::Sieve;

    /// The grounds name a block story exactly where the choice does, on every page of the fixtures.
    #[test]
    fn the_grounds_agree_with_the_choice() {
        let sieve = Sieve::builder().build().unwrap();
        let mut told = 0;
        for folder in std::fs::read_dir("fixtures/cases").unwrap() {
            let Ok(input) = std::fs::read(folder.unwrap().path().join("page.html")) else { continue };
            let story = sieve.story(&input).unwrap();
            let page = &story.page;
            let grounds = grounds(page, story.about(), Focus::Balanced, &story.choice);
            assert_eq!(grounds.len(), page.blocks.len());
            for (at, ground) in grounds.iter().enumerate() {
                let taken = matches!(
                    ground,
                    Ground::Likely(_)
                        | Ground::FewBlocks(_)
                        | Ground::Beside
                        | Ground::Answer
                        | Ground::Standfirst
                        | Ground::Heading
                        | Ground::Kept
                        | Ground::Root(true)
                );
                assert_eq!(taken, story.choice.blocks.contains(&(at as u32)), "{ground:?}");
                told += usize::from(taken);
            }
        }
        assert!(told > 100);
    }
}
