//! What is taken out: the ranges, and which tags inside them must stay so that the rest keeps its shape.
//!
//! A cut that begins inside one element and ends inside another must leave their tags alone. So the tags of what is still undecided are
//! logged, and a cut takes its range less every tag whose partner is outside. This module must not know why a cut is made.

use std::collections::VecDeque;

/// A removed range of the input.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    pub(crate) rule: u32,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// Tags inside the range that stay, in order.
    pub(crate) kept: Vec<(u64, u64)>,
    /// The first characters of what went.
    pub(crate) excerpt: String,
    /// The element around it may go with it.
    pub(crate) climbs: bool,
    /// The cues that led to it, the one that began it first; none for a rule's cut.
    pub(crate) cues: Vec<u32>,
}

impl Cut {
    /// The bytes that go, in order: the range less what stays.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (u64, u64)> {
        let starts = std::iter::once(self.start).chain(self.kept.iter().map(|k| k.1));
        let ends = self.kept.iter().map(|k| k.0).chain(std::iter::once(self.end));
        starts.zip(ends).filter(|(start, end)| start < end)
    }
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    start: u64,
    end: u64,
    element: u32,
    opens: bool,
}

/// The tags of what is undecided, and the cuts, in page order.
#[derive(Debug)]
pub(crate) struct Cuts {
    marks: VecDeque<Mark>,
    /// No cut of the list lies inside another, and each begins behind the one before.
    list: Vec<Cut>,
}

/// Room that is made beforehand for tags that are undecided at a time.
const ROOM: usize = 1024;

impl Default for Cuts {
    fn default() -> Self {
        Self { marks: VecDeque::with_capacity(ROOM), list: Vec::new() }
    }
}

impl Cuts {
    /// A start tag went by, or the place where an element ends (an empty range if no tag says so).
    pub(crate) fn mark(&mut self, start: u64, end: u64, element: u32, opens: bool) {
        self.marks.push_back(Mark { start, end, element, opens });
    }

    /// Nothing before `hold` will be cut any more.
    pub(crate) fn forget(&mut self, hold: u64) {
        while self.marks.front().is_some_and(|mark| mark.start < hold) {
            self.marks.pop_front();
        }
    }

    /// Cuts a range, in place of the cuts inside it.
    pub(crate) fn cut(&mut self, rule: u32, start: u64, end: u64, excerpt: String, climbs: bool) {
        let inside = self.inside(start);
        let start = inside.checked_sub(1).map_or(start, |before| start.max(self.list[before].end));
        if start >= end {
            return;
        }
        let kept = self.kept(start, end);
        // A wider cut by the same rule is made for the same cause.
        let cues = self.list[inside..].iter_mut().find(|cut| cut.rule == rule).map(|cut| std::mem::take(&mut cut.cues));
        self.list.truncate(inside);
        self.list.push(Cut { rule, start, end, kept, excerpt, climbs, cues: cues.unwrap_or_default() });
    }

    /// Tells what led to the last cut.
    pub(crate) fn explain(&mut self, cues: &[u32]) {
        if let Some(cut) = self.list.last_mut() {
            cues.clone_into(&mut cut.cues);
        }
    }

    /// The first cut that begins at or behind `start`.
    pub(crate) fn first_since(&self, start: u64) -> Option<&Cut> {
        self.list.get(self.inside(start))
    }

    /// Are there cuts that begin at or behind `start`, and do all of them let the element around them go?
    pub(crate) fn climb_since(&self, start: u64) -> bool {
        let inside = &self.list[self.inside(start)..];
        inside.iter().any(|cut| cut.climbs)
    }

    /// Hands out the cuts that end at or before `hold`; they are final.
    pub(crate) fn take_final(&mut self, hold: u64) -> impl Iterator<Item = Cut> + '_ {
        let count = self.list.iter().take_while(|cut| cut.end <= hold).count();
        self.list.drain(..count)
    }

    /// The cuts that are not handed out yet.
    pub(crate) fn list(&self) -> &[Cut] {
        &self.list
    }

    fn inside(&self, start: u64) -> usize {
        self.list.partition_point(|cut| cut.start < start)
    }

    /// The tags in a range whose partner is outside it.
    fn kept(&self, start: u64, end: u64) -> Vec<(u64, u64)> {
        let from = self.marks.partition_point(|mark| mark.start < start);
        let marks = self.marks.range(from..).take_while(|mark| mark.end <= end);
        let mut open: Vec<(u32, u64, u64)> = Vec::new();
        let mut kept = Vec::new();
        for mark in marks {
            if mark.opens {
                open.push((mark.element, mark.start, mark.end));
            } else if let Some(at) = open.iter().rposition(|(element, ..)| *element == mark.element) {
                open.swap_remove(at);
            } else if mark.start < mark.end {
                kept.push((mark.start, mark.end));
            }
        }
        kept.extend(open.into_iter().map(|(_, start, end)| (start, end)));
        kept.sort_unstable();
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_without_a_partner_in_the_range_stay() {
        let mut cuts = Cuts::default();
        // <a><b>..|..</b><i>..</i><u>..|..</u></a>
        cuts.mark(0, 3, 0, true);
        cuts.mark(3, 6, 1, true);
        cuts.mark(10, 14, 1, false);
        cuts.mark(14, 17, 2, true);
        cuts.mark(19, 23, 2, false);
        cuts.mark(23, 26, 3, true);
        cuts.cut(0, 8, 28, String::new(), true);
        assert_eq!(cuts.list()[0].spans().collect::<Vec<_>>(), [(8, 10), (14, 23), (26, 28)]);
    }

    #[test]
    fn a_wider_cut_takes_the_place_of_those_inside() {
        let mut cuts = Cuts::default();
        cuts.cut(0, 10, 20, String::new(), true);
        cuts.cut(1, 30, 40, String::new(), true);
        cuts.cut(2, 25, 50, String::new(), true);
        assert_eq!(cuts.list().iter().map(|c| (c.start, c.end, c.rule)).collect::<Vec<_>>(), [(10, 20, 0), (25, 50, 2)]);
    }
}
