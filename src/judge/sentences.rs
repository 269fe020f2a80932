//! What stands in a text beside its words: sentences, quotations, amounts of money.
//!
//! Texts come folded. This module must not know what any of it is worth.

use crate::matcher::cues::Folded;
use crate::text::CURRENCIES;

/// What Chinese, Japanese and Korean are written in begins with such bytes in UTF-8 or higher ones.
const UNSPACED: u8 = 0xe3;

/// Takes a text apart: a sentence ends at a full stop before a space, at a question mark before a letter of the East, and where a line ends.
pub(super) fn sentences(folded: Folded<'_>, out: &mut Vec<(u32, u32)>) {
    out.clear();
    let text = folded.text;
    let bytes = text.as_bytes();
    let mut start = 0;
    let mut lines = folded.lines.iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        if lines.next_if(|line| **line as usize <= at).is_some() && at > start {
            out.push((start as u32, at as u32));
            start = at;
        }
        let width = match bytes[at] {
            b'.' | b'!' | b'?' => 1,
            // 。 ！ ？ in UTF-8 (folding makes the last two plain), ؟ ।
            0xe3 if bytes[at..].starts_with("。".as_bytes()) => 3,
            0xd8 if bytes[at..].starts_with("؟".as_bytes()) => 2,
            _ => 0,
        };
        if width == 0 {
            at += 1;
            continue;
        }
        at += width;
        while at < bytes.len() && matches!(bytes[at], b'.' | b'!' | b'?' | b'"' | b'\'' | b')' | b']') {
            at += 1;
        }
        // Where nothing stands between two words, nothing may stand between two sentences.
        let ends = width > 1 || bytes.get(at).is_none_or(|b| *b == b' ' || bytes[at - 1] != b'.' && *b >= UNSPACED);
        if ends && at - start > 3 {
            out.push((start as u32, at as u32));
            start = at;
        }
    }
    if start < bytes.len() {
        out.push((start as u32, bytes.len() as u32));
    }
}

/// The ranges between quotation marks; one that is not closed is none.
pub(super) fn quotes(text: &str, out: &mut Vec<(u32, u32)>) {
    out.clear();
    if !text.is_ascii() {
        for (start, _) in text.match_indices(['「', '『']) {
            if let Some(length) = text[start..].find(['」', '』']) {
                out.push((start as u32, (start + length) as u32));
            }
        }
    }
    let mut open = None;
    for at in memchr::memchr_iter(b'"', text.as_bytes()) {
        match open.take() {
            Some(start) => out.push((start, at as u32)),
            None => open = Some(at as u32),
        }
    }
}

/// How many amounts of money stand in a text: a sign or a code of a currency beside a number.
pub(super) fn amounts(text: &str) -> usize {
    const CODES: [&str; 20] = [
        "eur",
        "usd",
        "kr",
        "zl",
        "zł",
        "kč",
        "chf",
        "руб",
        "грн",
        "tl",
        "ريال",
        "ريالا",
        "جنيه",
        "جنيها",
        "درهم",
        "درهما",
        "دولار",
        "دولارا",
        "دينار",
        "ليرة",
    ];
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return 0;
    }
    let mut count = unspaced_amounts(text);
    let mut digits_before = false;
    let mut sign_before = false;
    for word in text.split([' ', '/']) {
        let digits = word.bytes().any(|b| b.is_ascii_digit());
        let sign = word.contains(CURRENCIES);
        let code = || CODES.contains(&word.trim_matches(|c: char| !c.is_alphabetic()));
        let money = sign || code();
        count += usize::from(digits && (money || sign_before) || money && digits_before);
        digits_before = digits && !sign;
        sign_before = money && !digits;
    }
    count
}

/// The same where no space is: behind the digits may stand how many thousands are meant.
fn unspaced_amounts(text: &str) -> usize {
    if text.is_ascii() {
        return 0;
    }
    let units = text.match_indices(['円', '元', '원', '塊', '块']);
    let numbers = units.map(|(at, _)| text[..at].trim_end_matches([' ', '千', '万', '萬', '億', '亿', '천', '만', '억']));
    numbers.filter(|number| number.ends_with(|c: char| c.is_ascii_digit())).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_at_stops_and_lines() {
        let mut out = Vec::new();
        let text = "support us. it costs $2.50 a month! now 今すぐ 登録";
        sentences(Folded { text, lines: &[(text.len() - "登録".len()) as u32] }, &mut out);
        let parts: Vec<_> = out.iter().map(|(start, end)| text[*start as usize..*end as usize].trim()).collect();
        assert_eq!(parts, ["support us.", "it costs $2.50 a month!", "now 今すぐ", "登録"]);
        sentences(Folded { text: "もう読みましたか?第2.5版も届きます。", lines: &[] }, &mut out);
        assert_eq!(out.len(), 2, "{out:?}");
    }

    #[test]
    fn amounts_are_a_number_beside_a_currency() {
        for (text, count) in [
            ("$2 a month", 1),
            ("12 issues for £11.99", 1),
            ("5 € or 10 €", 2),
            ("in 2019 he won", 0),
            ("3 eur/month", 1),
            ("月額550円(税込)か年5,000円", 2),
            ("每月 12 元", 1),
            ("月1万円、二元論", 1),
            ("월 9,900원, 원문 2만 원", 2),
            ("20 ريالا", 1),
        ] {
            assert_eq!(amounts(text), count, "{text}");
        }
    }
}
