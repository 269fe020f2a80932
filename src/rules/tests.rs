//! The `[[test]]`s of the bundled rule files.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::{TestPage, bundled};
use crate::text::fold;
use crate::{Rules, Sieve};

/// What a reader sees of a page, folded, one line a block.
fn seen(page: &[u8]) -> String {
    let sieve = Sieve::builder().rules(Rules::none()).build().unwrap();
    fold(&sieve.story(page).unwrap().seen())
}

#[test]
fn the_tests_of_the_bundled_rules_hold() {
    let mut failures = Vec::new();
    let mut ran = 0;
    for file in bundled::files() {
        for test in &file.tests {
            ran += 1;
            let page = match &test.page {
                TestPage::Html(html) => html.clone().into_bytes(),
                TestPage::Fixture(name) => std::fs::read(format!("fixtures/cases/{name}/page.html")).unwrap(),
            };
            let mut builder = Sieve::builder();
            if let Some(url) = &test.url {
                builder = builder.url(url);
            }
            let mut filter = builder.build().unwrap().filter();
            let mut out = Vec::new();
            filter.write(&page, &mut out);
            filter.finish(&mut out);
            let (before, after) = (seen(&page), seen(&out));
            for line in test.gone.iter().chain(&test.stays).filter(|line| !before.contains(&fold(line))) {
                failures.push(format!("{}:{}: not on the page at all: {line}", file.source, test.line));
            }
            for line in test.gone.iter().filter(|line| after.contains(&fold(line))) {
                failures.push(format!("{}:{}: stayed: {line}", file.source, test.line));
            }
            for line in test.stays.iter().filter(|line| !after.contains(&fold(line))) {
                failures.push(format!("{}:{}: went: {line}", file.source, test.line));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(ran > 0, "no rule file has a test");
}

#[test]
fn every_bundled_rule_has_a_home_that_is_tested() {
    let untested: Vec<_> = bundled::files()
        .iter()
        .filter(|file| !file.remove.is_empty() && file.tests.is_empty())
        .map(|file| &file.source)
        .collect();
    assert!(untested.is_empty(), "rule files without a [[test]]: {untested:?}");
}
