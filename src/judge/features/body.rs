//! Whether a block stands in the `articleBody` that a page's JSON-LD gives for search engines.
//!
//! Where it is there it is nearly the story itself, but it may be a teaser, somebody else's, or full of markup; so it is a feature like
//! any other, and the model learns how far to trust it. It decides nothing.

use super::{Feature, Table, log};
use crate::page::Page;
use crate::record::words;

/// A text of fewer letters stands anywhere.
const FEW_LETTERS: usize = 12;
const KEY: &str = "\"articleBody\"";

/// Fills what is to be known of it.
pub(super) fn fill(page: &Page, table: &mut Table) {
    let bodies: Vec<String> = page.head.json_ld.iter().filter_map(|script| body(script)).collect();
    let count: u32 = bodies.iter().map(|body| words(body)).sum();
    table.fill_page(Feature::PageBody, log(count));
    let mut body = String::new();
    bodies.iter().for_each(|said| push_letters(said, &mut body));
    if body.is_empty() {
        return table.fill_page(Feature::InBody, -1.0);
    }
    let mut own = String::new();
    for (row, block) in page.blocks.iter().enumerate() {
        own.clear();
        push_letters(page.text_of(block), &mut own);
        let told = own.len() >= FEW_LETTERS;
        let inside = told && memchr::memmem::find(body.as_bytes(), own.as_bytes()).is_some();
        table.row_mut(row).set(Feature::InBody, if told { f32::from(inside) } else { -1.0 });
    }
}

/// The first `articleBody` of a script, without markup.
fn body(script: &str) -> Option<String> {
    let behind = script[script.find(KEY)? + KEY.len()..].trim_start().strip_prefix(':')?;
    let value = serde_json::Deserializer::from_str(behind).into_iter::<String>().next()?.ok()?;
    Some(without_tags(&htmlize::unescape(value.as_str())))
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        match tag.split_once('>') {
            Some((name, behind)) if name.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic()) => {
                out.push(' ');
                rest = behind;
            }
            _ => {
                out.push('<');
                rest = tag;
            }
        }
    }
    out + rest
}

/// Appends what two writings of one text have in common.
fn push_letters(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // Words of ASCII letters need not be looked at as characters.
        let word = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if word > 0 {
            let at = out.len();
            out.push_str(&rest[..word]);
            out[at..].make_ascii_lowercase();
            rest = &rest[word..];
        } else {
            if c.is_alphanumeric() {
                out.extend(c.to_lowercase());
            }
            rest = &rest[c.len_utf8()..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn a_body_is_read_out_of_its_script() {
        for (script, want) in [
            (
                r#"{"@type":"NewsArticle","articleBody" : "The pier \"opened\" at noon.\n&lt;p>Rain."}"#,
                Some("The pier \"opened\" at noon.\n Rain."),
            ),
            (r#"{"articleBody": "5 < 6"}"#, Some("5 < 6")),
            (r#"{"articleBody": ["no text"]}"#, None),
            (r#"{"articleBody": "broken"#, None),
            (r#"{"headline": "articleBody"}"#, None),
        ] {
            assert_eq!(body(script).as_deref(), want, "{script}");
        }
    }
}
