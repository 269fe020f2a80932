//! Puts the rule files of `rules/` into the crate: writes a list of their names and texts, sorted, for `rules::bundled`.
//!
//! It decides only which files there are. Reading them, and refusing wrong ones, is left to the crate and its tests. It must not know
//! what stands in a rule file.
#![allow(clippy::print_stdout, reason = "a build script speaks to cargo by printing")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut names = Vec::new();
    walk(&root, "rules", &mut names)?;
    names.sort();

    let mut list = String::from("pub(crate) static FILES: &[(&str, &str)] = &[\n");
    for name in &names {
        let _ = writeln!(list, "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/\", {name:?}))),");
    }
    list.push_str("];\n");
    fs::write(out.join("bundled_rules.rs"), list)
}

/// `folder` and the names found are relative to `root`, with `/` on every system.
fn walk(root: &Path, folder: &str, names: &mut Vec<String>) -> io::Result<()> {
    // The folder itself too, so that a new file in it is noticed.
    println!("cargo:rerun-if-changed={folder}");
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let file_name = entry.file_name();
        let Some(file_name) = file_name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let name = format!("{folder}/{file_name}");
        if entry.file_type()?.is_dir() {
            walk(root, &name, names)?;
        } else if file_name.ends_with(".toml") {
            println!("cargo:rerun-if-changed={name}");
            names.push(name);
        }
    }
    Ok(())
}
