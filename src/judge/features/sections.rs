//! Headings behind which no story stands: "related", "comments", "about the author".
//!
//! It must not know what is made of such a heading.

use once_cell::sync::Lazy;

use crate::text::fold;

/// Headings that announce what is no part of the story, folded.
const OTHER_MATTER: &[&str] = &[
    "related",
    "read more",
    "read next",
    "more from",
    "more on",
    "more stories",
    "you may also like",
    "you might also like",
    "see also",
    "comments",
    "leave a comment",
    "leave a reply",
    "share this",
    "about the author",
    "about author",
    "recommended",
    "popular",
    "most read",
    "most popular",
    "trending",
    "tags",
    "latest",
    "sign up",
    "newsletter",
    "subscribe",
    "follow us",
    "advertisement",
    "mehr zum thema",
    "mehr zu",
    "das konnte sie auch interessieren",
    "das könnte sie auch interessieren",
    "kommentare",
    "lesen sie auch",
    "weitere artikel",
    "articulos relacionados",
    "artículos relacionados",
    "comentarios",
    "te puede interesar",
    "sur le même sujet",
    "à lire aussi",
    "commentaires",
    "articles similaires",
    "leggi anche",
    "commenti",
    "articoli correlati",
    "lees ook",
    "reacties",
    "читайте также",
    "комментарии",
    "похожие материалы",
    "powiązane",
    "komentarze",
    "czytaj także",
    "関連記事",
    "相关文章",
    "コメント",
];

/// Does a text announce something else than the story?
pub(super) fn announces_other(text: &str) -> bool {
    if text.len() > MOST_BYTES || !may_begin(text) {
        return false;
    }
    let folded = fold(text);
    let folded = folded.trim_end_matches([':', '.', ' ']);
    OTHER_MATTER.iter().filter(|phrase| phrase.as_bytes().first() == folded.as_bytes().first()).any(|phrase| {
        folded.strip_prefix(phrase).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') && rest.split(' ').count() <= 4)
    })
}

/// A heading is no longer.
const MOST_BYTES: usize = 200;

/// Do the first two letters of a text begin one of the headings? Nearly every block is told apart by that.
fn may_begin(text: &str) -> bool {
    match text.as_bytes() {
        [one, two, ..] if one.is_ascii_alphabetic() && two.is_ascii_alphabetic() => {
            BEGINNINGS[place(*one)] >> place(*two) & 1 == 1
        }
        [one, ..] => !one.is_ascii() || one.is_ascii_alphabetic(),
        [] => false,
    }
}

/// For each first letter the second letters that follow it in some heading.
static BEGINNINGS: Lazy<[u32; 26]> = Lazy::new(|| {
    let mut seconds = [0; 26];
    for phrase in OTHER_MATTER {
        if let [one @ b'a'..=b'z', two @ b'a'..=b'z', ..] = phrase.as_bytes() {
            seconds[place(*one)] |= 1 << place(*two);
        }
    }
    seconds
});

fn place(letter: u8) -> usize {
    usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a')) % 26
}
