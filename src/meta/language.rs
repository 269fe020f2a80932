//! A language tag as a page writes it, to the spelling BCP 47 recommends.
//!
//! Only the shape is checked, not whether the language exists. It must not know where the tag was found.

/// The tag with dashes and in the usual case (`en-US`, `zh-Hant`), `None` if it names no language.
///
/// What follows the first subtag that cannot be one is dropped (`en_US.UTF-8` is `en-US`), and of a list the first tag counts.
pub(super) fn tag(text: &str) -> Option<String> {
    let first = text.split([',', ';', ' ']).map(str::trim).find(|part| !part.is_empty())?;
    let mut subtags = first.split(['-', '_', '.', '@']);
    let primary = subtags.next()?.to_ascii_lowercase();
    let letters = primary.bytes().all(|b| b.is_ascii_lowercase());
    if !letters || !(2..=3).contains(&primary.len()) || matches!(primary.as_str(), "und" | "mul" | "zxx" | "mis") {
        return None;
    }
    let mut out = primary;
    for subtag in subtags {
        let plain = (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || subtag.eq_ignore_ascii_case("utf") || subtag.eq_ignore_ascii_case("utf8") {
            break;
        }
        out.push('-');
        out.push_str(&in_case(subtag));
    }
    Some(out)
}

/// Scripts begin with a capital, regions are capitals, the rest is small.
fn in_case(subtag: &str) -> String {
    let small = subtag.to_ascii_lowercase();
    if !small.bytes().all(|b| b.is_ascii_lowercase()) {
        return small;
    }
    match small.len() {
        2 => small.to_ascii_uppercase(),
        4 => small.split_at_checked(1).map_or(small.clone(), |(head, tail)| head.to_ascii_uppercase() + tail),
        _ => small,
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn tags_get_dashes_and_case() {
        for (text, expected) in [
            ("en", Some("en")),
            ("EN", Some("en")),
            ("en_us", Some("en-US")),
            ("PT-br", Some("pt-BR")),
            ("zh_hant", Some("zh-Hant")),
            ("zh-HANT-tw", Some("zh-Hant-TW")),
            ("es-419", Some("es-419")),
            ("de-DE-formal", Some("de-DE-formal")),
            ("de-1996", Some("de-1996")),
            ("en_US.UTF-8", Some("en-US")),
            ("fr, en;q=0.5", Some("fr")),
            ("haw", Some("haw")),
            ("en-", Some("en")),
            ("", None),
            ("-", None),
            ("English", None),
            ("lang=", None),
            ("x-default", None),
            ("und", None),
            ("日本", None),
            ("e", None),
        ] {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }
}
