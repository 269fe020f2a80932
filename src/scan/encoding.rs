//! Which encoding a page is in, and how its bytes are shown to the rewriter.
//!
//! The rewriter only needs ASCII to be ASCII. So a page goes through it as if it were windows-1252, byte for byte, and text is decoded
//! beside it from the original bytes. Two encodings have bytes that look like ASCII and are not: for UTF-16 every code unit is
//! shown as one byte, for ISO-2022-JP what stands between shift sequences is covered. In both, a place in the shown stream
//! is a known place in the input, so cuts stay byte-exact. This module must not know tags beyond `meta`.

use encoding_rs::{Encoding, REPLACEMENT};
use encoding_rs::{ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

use super::attrs::Apart;

/// A page that declares nothing is looked at this far before its encoding is guessed; further if it is all ASCII so far.
const GUESS_AT: usize = 8 << 10;
const GUESS_AT_LATEST: usize = 64 << 10;

/// Shown in place of what is not ASCII. It is no byte of any markup.
const COVER: u8 = 0xff;

/// The encoding of a page that begins with `head`; `None` as long as more of it could change the answer.
///
/// The order is the HTML standard's: a byte order mark, what the caller knows, a `meta` or XML declaration, then a guess
/// (chardetng, the detector of Firefox).
pub(crate) fn detect(head: &[u8], complete: bool, given: Option<&'static Encoding>) -> Option<&'static Encoding> {
    if head.len() < 3 && !complete {
        return None;
    }
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return Some(encoding);
    }
    if given.is_some() {
        return given;
    }
    // How far is looked depends on the page alone, not on how much of it is here.
    let ascii = Encoding::ascii_valid_up_to(&head[..head.len().min(GUESS_AT)]) == head.len().min(GUESS_AT);
    let far = if ascii { GUESS_AT_LATEST } else { GUESS_AT };
    let sample = &head[..head.len().min(far)];
    if let Some(encoding) = declared(sample) {
        return Some(encoding);
    }
    if !complete && head.len() < far {
        return None;
    }
    // The detector, too, answers UTF-8 for whatever can be UTF-8, and takes much longer to say so.
    let may_go_on = sample.len() == far;
    if std::str::from_utf8(sample).map_or_else(|error| may_go_on && error.error_len().is_none(), |_| true) {
        return Some(UTF_8);
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() < far);
    Some(detector.guess(None, chardetng::Utf8Detection::Allow))
}

/// The encoding of a page that is all here. What it declares is not believed if all of it is UTF-8, as pages are that somebody saved or sent
/// on in UTF-8 and did not mend: bytes of another encoding are valid UTF-8 by chance only where there are few of them.
pub(crate) fn of_whole(page: &[u8], given: Option<&'static Encoding>) -> &'static Encoding {
    let encoding = detect(page, true, given).unwrap_or(UTF_8);
    let declared = given.is_none() && encoding != UTF_8 && encoding.is_ascii_compatible() && mark(page) == 0;
    let wrong = || {
        let letters = |text: &str| text.chars().filter(|c| !c.is_ascii()).take(BY_CHANCE).count();
        let valid = match std::str::from_utf8(page) {
            Ok(text) => text,
            // Cut off inside the last character.
            Err(error) if error.error_len().is_none() => std::str::from_utf8(&page[..error.valid_up_to()]).unwrap_or_default(),
            Err(_) => "",
        };
        letters(valid) >= BY_CHANCE
    };
    if declared && wrong() { UTF_8 } else { encoding }
}

/// So many characters beyond ASCII are not valid UTF-8 by chance.
const BY_CHANCE: usize = 8;

/// How many bytes of byte order mark the input begins with.
pub(crate) fn mark(head: &[u8]) -> usize {
    Encoding::for_bom(head).map_or(0, |(_, length)| length)
}

/// What the first complete `<meta charset>`, its `http-equiv` form, or an XML declaration names.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let mut at = 0;
    while let Some(n) = memchr::memchr(b'<', &head[at..]) {
        at += n;
        let rest = &head[at..];
        if rest.starts_with(b"<!--") {
            at += memchr::memmem::find(&rest[2..], b"-->")? + 5;
            continue;
        }
        let close = memchr::memchr(b'>', rest);
        if rest.starts_with(b"<?xml") && at == 0 {
            let declaration = String::from_utf8_lossy(&rest[..close?]);
            if let Some(encoding) = label_after(&declaration, "encoding").and_then(usable) {
                return Some(encoding);
            }
        } else if rest.len() > 5 && rest[1..5].eq_ignore_ascii_case(b"meta") && !rest[5].is_ascii_alphanumeric() {
            let text = String::from_utf8_lossy(&rest[..=close?]);
            let tag = Apart::of(&text);
            let tag = tag.tag();
            let content = || {
                let pragma = tag.get("http-equiv")?;
                pragma.eq_ignore_ascii_case("content-type").then_some(())?;
                label_after(&tag.get("content")?, "charset").map(str::to_owned)
            };
            let label = tag.get("charset").map(String::from).or_else(content);
            if let Some(encoding) = label.as_deref().and_then(usable) {
                return Some(encoding);
            }
        }
        at += 1;
    }
    None
}

/// `charset=x`, `encoding="x"`: the x.
fn label_after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let at = memchr::memmem::find(text.to_ascii_lowercase().as_bytes(), key.as_bytes())?;
    let value = text[at + key.len()..].trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    Some(value.split(['"', '\'', ';', ' ', '\t', '\n', '?']).next().unwrap_or(value))
}

/// An encoding that a page of bytes with a readable declaration can really be in (HTML standard, 13.2.3.2).
fn usable(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    Some(match encoding {
        e if e == UTF_16BE || e == UTF_16LE => UTF_8,
        e if e == X_USER_DEFINED => WINDOWS_1252,
        e if e == REPLACEMENT => return None,
        e => e,
    })
}

/// Stands for the last letter of `noscript` where that must not be known for what it is.
const NOT_T: u8 = b'-';

/// What `noscript` is shown as by [`Lens::OpenNoscript`].
pub(crate) const SHOWN_NOSCRIPT: &[u8] = b"noscrip-";

/// Turns input bytes into the bytes the rewriter is shown.
#[derive(Debug)]
pub(crate) enum Lens {
    /// As they are.
    Plain,
    /// One byte a code unit.
    Utf16 { little: bool, half: Option<u8> },
    /// `noscript` is shown as an element that is not known, so that its content is markup. The number is how much of `<noscript` or
    /// `</noscript` the last bytes were.
    OpenNoscript(usize),
    /// What is not ASCII is covered. `escape` holds a shift sequence that is not complete yet.
    Iso2022Jp { ascii: bool, escape: Vec<u8> },
}

impl Lens {
    pub(crate) fn new(encoding: &'static Encoding) -> Self {
        if encoding == UTF_16LE || encoding == UTF_16BE {
            Self::Utf16 { little: encoding == UTF_16LE, half: None }
        } else if encoding == ISO_2022_JP {
            Self::Iso2022Jp { ascii: true, escape: Vec::new() }
        } else {
            Self::Plain
        }
    }

    /// Input bytes a shown byte stands for.
    pub(crate) fn width(&self) -> u64 {
        if matches!(self, Self::Utf16 { .. }) { 2 } else { 1 }
    }

    /// Appends what the rewriter is shown for `input`.
    pub(crate) fn show(&mut self, input: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Plain => out.extend_from_slice(input),
            Self::OpenNoscript(matched) => {
                const NAME: &[u8] = b"<noscript";
                let mut rest = input;
                loop {
                    if *matched == 0 {
                        let (before, from) = rest.split_at(memchr::memchr(b'<', rest).unwrap_or(rest.len()));
                        out.extend_from_slice(before);
                        rest = from;
                    }
                    let Some((&byte, behind)) = rest.split_first() else { break };
                    rest = behind;
                    if byte.eq_ignore_ascii_case(&NAME[*matched]) {
                        *matched += 1;
                        if *matched == NAME.len() {
                            *matched = 0;
                            out.push(NOT_T);
                            continue;
                        }
                    } else if !(byte == b'/' && *matched == 1) {
                        *matched = usize::from(byte == b'<');
                    }
                    out.push(byte);
                }
            }
            Self::Utf16 { little, half } => {
                for &byte in input {
                    match half.take() {
                        None => *half = Some(byte),
                        Some(first) => {
                            let (high, low) = if *little { (byte, first) } else { (first, byte) };
                            out.push(if high == 0 && low < 0x80 { low } else { COVER });
                        }
                    }
                }
            }
            Self::Iso2022Jp { ascii, escape } => {
                for &byte in input {
                    if byte == 0x1b {
                        escape.clear();
                        escape.push(byte);
                    } else if !escape.is_empty() {
                        escape.push(byte);
                        let done = match (escape.get(1), escape.len()) {
                            (Some(b'(' | b'$'), 2) => false,
                            (Some(b'$'), 3) if byte == b'(' => false,
                            _ => true,
                        };
                        if done {
                            // ESC ( B is ASCII, ESC ( J is ASCII but for two signs that are no markup.
                            *ascii = matches!(escape.as_slice(), [0x1b, b'(', b'B' | b'J']);
                            escape.clear();
                        }
                        out.push(COVER);
                        continue;
                    }
                    out.push(if *ascii && byte != 0x1b { byte } else { COVER });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_is_all_utf_8_is_read_as_utf_8() {
        let page = "<meta charset=gb2312><p>Ёлки и жёлуди в ночи".as_bytes();
        assert_eq!(detect(page, true, None), Encoding::for_label(b"gbk"));
        assert_eq!(of_whole(page, None), UTF_8);
        assert_eq!(of_whole(&page[..page.len() - 1], None), UTF_8);
        let few = "<meta charset=windows-1252><p>caf\u{e9}".as_bytes();
        assert_eq!(of_whole(few, None), WINDOWS_1252);
        assert_eq!(
            of_whole(b"<meta charset=windows-1251>\xb8\xeb\xea\xe8 \xe8 \xe6\xb8\xeb\xf3\xe4\xe8", None).name(),
            "windows-1251"
        );
    }

    #[test]
    fn a_declaration_is_found_where_browsers_find_it() {
        for (page, encoding) in [
            (&b"<!doctype html><meta charset=windows-1251>"[..], Some("windows-1251")),
            (b"<meta http-equiv='Content-Type' content='text/html; charset=Shift_JIS'>", Some("Shift_JIS")),
            (b"<!-- <meta charset=koi8-r> --><META CHARSET=\"gb18030\">", Some("gb18030")),
            (b"<?xml version='1.0' encoding='iso-8859-2'?><html>", Some("ISO-8859-2")),
            (b"<meta charset=utf-16le>", Some("UTF-8")),
            (b"<meta charset=nonsense><meta charset=big5>", Some("Big5")),
            (b"\xff\xfe<\0p\0", Some("UTF-16LE")),
            (b"\xef\xbb\xbf<meta charset=koi8-r>", Some("UTF-8")),
            (b"<meta charset=windows-12", None),
            (b"<p>no word of it", None),
        ] {
            assert_eq!(detect(page, false, None).map(Encoding::name), encoding, "{}", String::from_utf8_lossy(page));
        }
        assert_eq!(detect(b"<p>all ASCII", true, None), Some(UTF_8));
        assert_eq!(detect("<p>Grüße".as_bytes(), true, None), Some(UTF_8));
        assert_eq!(detect(b"", true, None), Some(UTF_8));
    }

    #[test]
    fn any_cut_of_the_head_gives_the_same_encoding() {
        let page = b"<!doctype html><!-- x --><title>a</title><meta name=a content=b><meta charset=koi8-r><p>text";
        for cut in 0..page.len() {
            if let Some(early) = detect(&page[..cut], false, None) {
                assert_eq!(early.name(), "KOI8-R", "cut at {cut}");
            }
        }
    }

    #[test]
    fn shifted_japanese_never_looks_like_markup() {
        let mut lens = Lens::new(ISO_2022_JP);
        let mut shown = Vec::new();
        for byte in b"<p>\x1b$B<><>\x1b(B</p>" {
            lens.show(&[*byte], &mut shown);
        }
        assert_eq!(shown, b"<p>\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff</p>");
    }
}
