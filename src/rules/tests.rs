//! The `[[test]]`s of the bundled rule files.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;

use super::bundled;
use crate::Rules;
use crate::workbench::Suite;

#[test]
fn the_tests_of_the_bundled_rules_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let suite = Suite::load(&[folder], Rules::none(), None).unwrap();
    let mut failures = Vec::new();
    for trial in suite.trials() {
        let ran = suite.run(trial);
        failures.extend(ran.failures.iter().map(|failure| format!("{}:{}: {failure:?}", trial.file, trial.line)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let tests: usize = bundled::files().iter().map(|file| file.tests.len()).sum();
    assert!(tests > 0 && suite.trials().len() == tests, "{} of {tests} tests ran", suite.trials().len());
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
