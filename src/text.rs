//! Text as a reader sees it, and text as rules compare it.
//!
//! [`fold`] makes two texts equal that a reader would call the same: case, white space, quotes, dashes and invisible characters stop
//! mattering. Phrases are folded when rules are read, blocks when they end, by this one function. This module must not know
//! where a text comes from.

/// The text without the white space at its ends. Most texts have none, and need not be looked at as characters.
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// Signs of currencies, which tell an amount of money from any number.
pub(crate) const CURRENCIES: [char; 9] = ['$', '€', '£', '¥', '₽', '₴', '₺', '₩', '₹'];

/// Appends `text` without the characters that only say where a word may be broken: who searches or copies a text stumbles over them.
pub(crate) fn push_seen(text: &str, out: &mut String) {
    const BREAKS: [&str; 4] = ["\u{ad}", "\u{200b}", "\u{2060}", "\u{feff}"];
    let bytes = text.as_bytes();
    let mut from = 0;
    // The bytes that they begin with; many a dash and quotation mark does too.
    for at in memchr::memchr3_iter(0xc2, 0xe2, 0xef, bytes) {
        if let Some(sign) = BREAKS.iter().find(|sign| bytes[at..].starts_with(sign.as_bytes())) {
            out.push_str(&text[from..at]);
            from = at + sign.len();
        }
    }
    out.push_str(&text[from..]);
}

/// Appends `text` in folded form to `out`.
///
/// Letters go to lower case; a Turkish dotless or dotted i becomes `i`, sharp s `ss`, a final sigma an ordinary one; Greek vowels lose
/// their accents and Arabic its vowel signs, which capitals and many pages leave out; typographic
/// quotes become `'` and `"`, dashes and minus signs `-`, an ellipsis `...`, ligatures, full-width ASCII and the digits of Arabic and Persian
/// plain ones; soft hyphens, zero-width characters and direction marks vanish; runs of white space become one space, none at either end
/// of what is appended.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    let start = out.len();
    let mut space = false;
    let mut rest = text;
    while !rest.is_empty() {
        let plain = plain(rest.as_bytes());
        if plain > 0 {
            if space && out.len() > start {
                out.push(' ');
            }
            space = false;
            let at = out.len();
            out.push_str(&rest[..plain]);
            out[at..].make_ascii_lowercase();
            rest = &rest[plain..];
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        rest = &rest[c.len_utf8()..];
        let folded = is_folded(c);
        if !folded && c.is_whitespace() {
            space = true;
            continue;
        }
        if !folded && is_invisible(c) {
            continue;
        }
        if space && out.len() > start {
            out.push(' ');
        }
        space = false;
        if folded {
            out.push(c);
        } else {
            fold_char(c, out);
        }
    }
}

/// Is it one of the letters beyond ASCII that most texts are made of, and that are as they should be?
fn is_folded(c: char) -> bool {
    matches!(c, 'à'..='ö' | 'ø'..='ÿ' | 'α'..='ρ' | 'σ'..='ω' | 'а'..='џ' | 'ا'..='غ' | 'ف'..='ي' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '一'..='鿿' | '가'..='힣')
}

/// How many bytes from the beginning on are ASCII words with single spaces between them, which only lose their case.
fn plain(bytes: &[u8]) -> usize {
    if bytes.first().is_none_or(|b| *b == b' ') {
        return 0;
    }
    // Whole chunks first, without a branch a byte; a space needs a look at the byte behind it.
    let mut end = plain_chunks::<CHUNK>(bytes, 0);
    end = plain_chunks::<HALF>(bytes, end);
    let word = |b: u8| b.is_ascii() && !b.is_ascii_whitespace() && b != 0x0b;
    while let Some(&b) = bytes.get(end) {
        if word(b) || b == b' ' && end > 0 && bytes[end - 1] != b' ' {
            end += 1;
        } else {
            break;
        }
    }
    // A space at the end belongs to what follows, whatever that is.
    end - usize::from(end > 0 && bytes[end - 1] == b' ')
}

/// How far a text is plain from `end` on, in whole chunks of `N` bytes that have another behind them.
fn plain_chunks<const N: usize>(bytes: &[u8], mut end: usize) -> usize {
    while let (Some(chunk), Some(behind)) = (bytes.get(end..end + N), bytes.get(end + 1..end + N + 1)) {
        let odd = chunk
            .iter()
            .zip(behind)
            .fold(false, |odd, (b, next)| odd | !(b' '..0x80).contains(b) | ((*b == b' ') & (*next == b' ')));
        if odd {
            break;
        }
        end += N;
    }
    end
}

/// Bytes that are looked at together; of what is left, half as many.
const CHUNK: usize = 16;
const HALF: usize = CHUNK / 2;

/// `text` in folded form, see [`fold_into`].
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Characters that have no width and mean nothing to a comparison.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe0f}' | '\0' | '\u{64b}'..='\u{652}' | '\u{640}')
}

fn fold_char(c: char, out: &mut String) {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '´' | '`' | 'ʼ' | '‹' | '›' => out.push('\''),
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '＂' => out.push('"'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '－' => out.push('-'),
        '…' => out.push_str("..."),
        'ı' | 'İ' => out.push('i'),
        'ß' | 'ẞ' => out.push_str("ss"),
        'ς' => out.push('σ'),
        'ά' | 'Ά' => out.push('α'),
        'έ' | 'Έ' => out.push('ε'),
        'ή' | 'Ή' => out.push('η'),
        'ί' | 'Ί' | 'ΐ' | 'ϊ' | 'Ϊ' => out.push('ι'),
        'ό' | 'Ό' => out.push('ο'),
        'ύ' | 'Ύ' | 'ΰ' | 'ϋ' | 'Ϋ' => out.push('υ'),
        'ώ' | 'Ώ' => out.push('ω'),
        'ﬁ' => out.push_str("fi"),
        'ﬂ' => out.push_str("fl"),
        '\u{ff01}'..='\u{ff5e}' => {
            let plain = char::from_u32(c as u32 - 0xfee0).unwrap_or(c);
            out.push(plain.to_ascii_lowercase());
        }
        '٠'..='٩' => out.push((b'0' + (c as u32 - '٠' as u32) as u8) as char),
        '۰'..='۹' => out.push((b'0' + (c as u32 - '۰' as u32) as u8) as char),
        _ => out.extend(c.to_lowercase()),
    }
}

/// Is the character of a script that is written without spaces between words?
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{0e00}'..='\u{0eff}' | '\u{20000}'..='\u{2ffff}')
}

/// Is it of a script that is written without spaces, or of the one of Korean, whose words end in what they do in a sentence? There a word is found
/// anywhere.
pub(crate) fn is_dense(c: char) -> bool {
    is_unspaced(c) || matches!(c, '\u{ac00}'..='\u{d7af}')
}

/// Has a text only single spaces, and no control characters? Most are so; a no may be wrong.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // 0xc2 begins the controls beyond ASCII, among other characters.
    let odd = |b: u8| (b < b' ') | (b == 0x7f) | (b == 0xc2);
    let behind = bytes.get(1..).unwrap_or_default();
    let parted = bytes.iter().zip(behind).fold(false, |any, (b, next)| any | odd(*b) | ((*b == b' ') & (*next == b' ')));
    !parted && bytes.last().is_none_or(|last| !odd(*last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reads_the_same_folds_the_same() {
        for (one, other) in [
            ("Enjoying  ad\u{2011}free\ncontent?", "enjoying ad-free content?"),
            ("\u{201c}Don\u{2019}t\u{201d}", "\"don't\""),
            ("sup\u{ad}port\u{200b} us", "support us"),
            ("İSTANBUL ıslak", "istanbul islak"),
            ("GROSSE Straße", "grosse strasse"),
            ("ΛΟΓΟΣ λόγος", "λογοσ λογοσ"),
            ("كِتَابٌ", "كتاب"),
            ("٣٠ ۴", "30 4"),
            ("ＡＢＣ\u{a0}\u{a0}d", "abc d"),
            ("  \u{a0} ", ""),
            ("Sixteen bytes or more  of words", "sixteen bytes or more of words"),
            ("fifteen letters \n and a line, é \u{200b} x", "fifteen letters and a line, é x"),
        ] {
            assert_eq!(fold(one), other);
        }
    }

    #[test]
    fn what_is_passed_as_folded_would_not_be_changed() {
        for c in ('\u{80}'..=char::MAX).filter(|c| is_folded(*c)) {
            let mut out = String::new();
            fold_char(c, &mut out);
            assert_eq!(out, c.to_string());
            assert!(!c.is_whitespace() && !is_invisible(c), "{c}");
        }
    }
}
