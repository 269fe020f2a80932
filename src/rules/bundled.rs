//! The rule files that come with the crate, read once a process.
//!
//! `build.rs` puts the texts in; this module reads them when they are first asked for. Which of them hold on a page is for others. It
//! must not know what is on the disk: the files are part of the program.

use std::path::Path;
use std::sync::Arc;

use once_cell::sync::Lazy;

use super::{RuleFile, read};

// FILES: the names and texts.
include!(concat!(env!("OUT_DIR"), "/bundled_rules.rs"));

static READ: Lazy<Arc<Vec<RuleFile>>> =
    // A file that cannot be read is a bug of ours, which the test below finds. A page of the reader's is no place to fail over it.
    Lazy::new(|| {
        let read = |(name, text): &(&str, &str)| read::read_trusted(name, &read::prefix_of(Path::new(name)), text).ok();
        Arc::new(FILES.iter().filter_map(read).collect())
    });

/// The bundled files, sorted by path.
pub(crate) fn files() -> &'static Arc<Vec<RuleFile>> {
    &READ
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test should fail at a wrong file")]

    use super::*;

    #[test]
    fn every_bundled_file_is_right() {
        let mut wrong = String::new();
        for (name, text) in FILES {
            for error in read::read(name, &read::prefix_of(Path::new(name)), text).err().unwrap_or_default() {
                wrong.push_str(&format!("{error}\n"));
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
        assert_eq!(files().len(), FILES.len());
    }

    #[test]
    fn no_two_bundled_rules_share_an_id() {
        read::check_unique(files()).unwrap();
    }

    #[test]
    fn bundled_files_are_sorted_and_named_with_slashes() {
        assert!(FILES.is_sorted_by_key(|(name, _)| name));
        for (name, _) in FILES {
            assert!(name.starts_with("rules/") && name.ends_with(".toml") && !name.contains('\\'), "{name}");
        }
    }
}
