//! The rule language as a JSON schema, for editors.
//!
//! The file is written by hand, so that what an editor shows is as well put as the README. The tests of this module hold it against the reader:
//! neither knows a key that the other does not, and what one takes of the bundled files the other takes. It must not know rules.

/// The JSON schema of rule files (draft 2020-12). An editor that knows it completes and checks TOML.
///
/// ```
/// assert!(storysieve::workbench::SCHEMA.contains("\"max_chars\""));
/// ```
pub const SCHEMA: &str = include_str!("../../rules/rule.schema.json");

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::SCHEMA;
    use crate::Kind;
    use crate::rules::bundled;
    use crate::rules::read::keys::Table;

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).unwrap()
    }

    /// A TOML file as an editor holds it against a schema: a day is a text.
    fn as_json(text: &str) -> Value {
        value(toml::from_str::<toml::Value>(text).unwrap())
    }

    fn value(toml: toml::Value) -> Value {
        match toml {
            toml::Value::String(text) => text.into(),
            toml::Value::Integer(number) => number.into(),
            toml::Value::Float(number) => number.into(),
            toml::Value::Boolean(yes) => yes.into(),
            toml::Value::Datetime(day) => day.to_string().into(),
            toml::Value::Array(values) => values.into_iter().map(value).collect(),
            toml::Value::Table(table) => table.into_iter().map(|(key, inner)| (key, value(inner))).collect(),
        }
    }

    #[test]
    fn the_schema_and_the_reader_know_the_same_keys() {
        let schema = schema();
        for table in Table::ALL {
            let place = match table {
                Table::Top => "",
                Table::Story => "/properties/story",
                Table::Remove => "/$defs/remove",
                Table::Test => "/$defs/test",
                Table::Cue => "/$defs/cue",
                Table::Text => "/$defs/parts",
                Table::End => "/$defs/end",
            };
            let object = schema.pointer(place).unwrap();
            assert_eq!(object["additionalProperties"], json!(false), "{table:?}");
            let written: BTreeSet<&str> = object["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let read: BTreeSet<&str> = table.keys().iter().copied().collect();
            assert_eq!(written, read, "{table:?}");
        }
        let kinds = schema.pointer("/$defs/remove/properties/kind/enum").unwrap();
        assert_eq!(*kinds, json!(Kind::ALL.map(Kind::name)));
    }

    #[test]
    fn every_key_is_described_to_who_hovers_over_it() {
        let schema = schema();
        for place in ["", "/properties/story", "/$defs/remove", "/$defs/test", "/$defs/cue", "/$defs/parts", "/$defs/end"] {
            for (key, value) in schema.pointer(place).unwrap()["properties"].as_object().unwrap() {
                assert!(value["description"].as_str().is_some_and(|text| text.ends_with(['.', ')'])), "{place} {key}");
            }
        }
    }

    #[test]
    fn the_schema_takes_every_bundled_file() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let mut wrong = String::new();
        for (name, text) in bundled::FILES {
            for error in validator.iter_errors(&as_json(text)) {
                wrong.push_str(&format!("{name}: {error} at {}\n", error.instance_path()));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn what_has_the_wrong_shape_is_refused_by_both() {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        let rule = |keys: &str| format!("schema = 1\n[[remove]]\nid = 'x'\nkind = 'ad'\n{keys}\n");
        let test = |keys: &str| format!("schema = 1\n[[test]]\n{keys}\n");
        let run = "from = { text = ['dear reader'] }\nto = { text = ['thank you'] }\n";
        for text in [
            "name = 'x'".to_owned(),
            "schema = 2".to_owned(),
            "schema = 1\nhost = ['a.com']".to_owned(),
            "schema = 1\nhosts = 'a.com'".to_owned(),
            "schema = 1\nhosts = []".to_owned(),
            "schema = 1\nname = ' '".to_owned(),
            "schema = 1\ndisable = ['no-prefix']".to_owned(),
            "schema = 1\n[story]".to_owned(),
            "schema = 1\n[story]\nheadline = ['h1']".to_owned(),
            "schema = 1\n[[remove]]\nkind = 'ad'\nselect = ['.x']".to_owned(),
            "schema = 1\n[[remove]]\nid = 'X'\nkind = 'ad'\nselect = ['.x']".to_owned(),
            "schema = 1\n[[remove]]\nid = 'x'\nkind = 'banner'\nselect = ['.x']".to_owned(),
            rule(""),
            rule("text = ['support us']"),
            rule("text = ['support us']\nmax_chars = 0"),
            rule("text = ['support us']\nmax_chars = 1_000_001"),
            rule("text = []\nmax_chars = 60"),
            rule("text = { every = ['support us'] }\nmax_chars = 60"),
            rule("text = ['support us']\nmax_chars = 60\nmax_blocks = 6"),
            rule("select = ['.x']\nmax_chars = 60"),
            rule("select = ['.x']\nmax_blocks = 6"),
            rule(&format!("{run}max_blocks = 6")),
            rule(&format!("{run}max_chars = 60")),
            rule(&format!("{run}max_chars = 60\nmax_blocks = 6\nselect = ['.x']")),
            rule("from = { text = ['dear reader'] }\nmax_chars = 60\nmax_blocks = 6"),
            test("html = '<p>x'"),
            test("gone = ['x']"),
            test("html = '<p>x'\nfixture = 'x'\ngone = ['x']"),
            test("html = '<p>x'\nurl = 'ftp://a.com/'\ngone = ['x']"),
            test("fixture = 'X y'\ngone = ['x']"),
        ] {
            assert!(!validator.is_valid(&as_json(&text)), "the schema takes:\n{text}");
            assert!(crate::Rules::parse("x.toml", &text).is_err(), "the reader takes:\n{text}");
        }
    }
}
