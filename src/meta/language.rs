//! A language tag as a page writes it, to the spelling BCP 47 recommends; and the language of a text that says none.
//!
//! Of a tag only the shape is checked, not whether the language exists. It must not know where the tag was found.

use memchr::memmem;

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

/// The language that a text is written in, by its letters and their sequences (whatlang); `None` if it is too short to be sure.
pub(crate) fn of_text(text: &str) -> Option<String> {
    let found = whatlang::detect(text).filter(|found| found.confidence() >= CONFIDENT)?;
    Some(code(found.lang()))
}

/// Three letters where ISO 639-1 has two, of the languages that are told apart.
fn code(language: whatlang::Lang) -> String {
    let three = language.code();
    SHORT.iter().find(|(long, _)| *long == three).map_or(three, |(_, two)| *two).to_owned()
}

/// The language of a text that is not in the one its page declares: many a page is made from a template that says English. `None` if the
/// declared one seems right, or nothing better is sure.
pub(crate) fn instead_of(declared: &str, text: &str) -> Option<String> {
    let primary = declared.split('-').next().unwrap_or_default();
    // Told by a few words first, since a look at all letters takes longer than all other metadata.
    let (_, words) = COMMON.iter().find(|(language, _)| *language == primary)?;
    let common = words.iter().map(|word| memmem::find_iter(text.as_bytes(), word).count()).sum::<usize>();
    if text.len() < LEAST_BYTES || common * BYTES_A_WORD >= text.len() {
        return None;
    }
    let found = whatlang::detect(text).filter(|found| found.confidence() >= SURE && found.lang() != whatlang::Lang::Lat)?;
    Some(code(found.lang())).filter(|found| found != primary)
}

/// Words that a text in these languages can hardly do without.
const COMMON: [(&str, [&str; 4]); 8] = [
    ("en", [" the ", " and ", " of ", " to "]),
    ("de", [" der ", " die ", " und ", " in "]),
    ("fr", [" le ", " la ", " et ", " les "]),
    ("es", [" el ", " la ", " que ", " y "]),
    ("it", [" il ", " di ", " che ", " la "]),
    ("pt", [" o ", " que ", " da ", " do "]),
    ("nl", [" de ", " het ", " een ", " van "]),
    ("pl", [" w ", " na ", " z ", " i "]),
];

/// A text with one of them in so many bytes is in that language. Of 1,450 English stories half have one in 59 bytes, all but 32 one in 300; of
/// eleven in another language whose page declares English none has more than one in 1,500.
const BYTES_A_WORD: usize = 300;

/// Shorter texts are not asked, and less sure answers not believed, against what a page declares.
const LEAST_BYTES: usize = 400;
const SURE: f64 = 0.9;

/// Two sentences reach it in every language tried; a word or two do not. whatlang's own bound for "reliable" asks for a page of Russian.
const CONFIDENT: f64 = 0.2;

/// ISO 639-3 to ISO 639-1.
const SHORT: &[(&str, &str)] = &[
    ("afr", "af"),
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("aze", "az"),
    ("bel", "be"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("cym", "cy"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("epo", "eo"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("guj", "gu"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("hye", "hy"),
    ("ind", "id"),
    ("ita", "it"),
    ("jav", "jv"),
    ("jpn", "ja"),
    ("kan", "kn"),
    ("kat", "ka"),
    ("khm", "km"),
    ("kor", "ko"),
    ("lat", "la"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mal", "ml"),
    ("mar", "mr"),
    ("mkd", "mk"),
    ("mya", "my"),
    ("nep", "ne"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("ori", "or"),
    ("pan", "pa"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("sin", "si"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("sna", "sn"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tel", "te"),
    ("tgl", "tl"),
    ("tha", "th"),
    ("tuk", "tk"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("uzb", "uz"),
    ("vie", "vi"),
    ("yid", "yi"),
    ("zul", "zu"),
];

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
    use super::{instead_of, of_text, tag};

    #[test]
    fn a_text_tells_its_language() {
        for (text, expected) in [
            ("The ferry to the islands sails again, the harbour master said on Monday morning.", Some("en")),
            ("Die Fähre zu den Inseln fährt wieder, sagte der Hafenmeister am Montagmorgen.", Some("de")),
            (
                "Паром на острова снова ходит, сообщил в понедельник утром начальник порта. Он простоял у причала одиннадцать месяцев, пока чинили машину.",
                Some("ru"),
            ),
            ("島へのフェリーが再び運航していると、港長は月曜日の朝に語った。", Some("ja")),
            ("Ok", None),
            ("", None),
        ] {
            assert_eq!(of_text(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_text_in_another_language_than_declared_is_told() {
        let english =
            "The ferry to the islands sails again, the harbour master said on Monday, and nobody was more surprised than he. "
                .repeat(5);
        let german =
            "Die Fähre zu den Inseln fährt wieder, sagte der Hafenmeister am Montag, und niemand war überraschter als er selbst. ".repeat(5);
        let numbers = "Typ 4711 XB 220 V 50 Hz; ".repeat(40);
        for (declared, text, expected) in [
            ("en", &german, Some("de")),
            ("en-US", &german, Some("de")),
            ("de", &english, Some("en")),
            ("de-AT", &german, None),
            ("en", &english, None),
            ("en", &numbers, None),
            ("en", &german[..200].to_owned(), None),
            // Nothing is known of Welsh.
            ("cy", &german, None),
        ] {
            assert_eq!(instead_of(declared, text).as_deref(), expected, "{declared} {text}");
        }
    }

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
