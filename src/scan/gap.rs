//! What stands between two start tags or comments: text and end tags.
//!
//! The rewriter reports start tags and comments, and runs two to three times faster when it need not report texts and end tags.
//! What is left between its reports is simple enough to read here: text, end tags, a doctype, CDATA marks, and the
//! content of elements like `script`, which ends at the first fitting end tag. This module must not know what is open.

use super::tag;

/// One piece of a gap, as ranges of the bytes that were given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text as it stands in the page, character references and all; so many bytes of white space come first.
    Text { white: usize, end: usize },
    /// An end tag: its name and its hash, and where the tag ends.
    End { name: (usize, usize), hash: u64, end: usize },
    /// Nothing a reader sees: a doctype, a CDATA mark, an end tag without a name, a tag that the input ends in.
    Skip { end: usize, doctype: bool },
    /// The mark that begins a CDATA section; [`cdata`] reads on.
    Cdata { end: usize },
}

impl Piece {
    pub(crate) fn end(&self) -> usize {
        match *self {
            Self::Text { end, .. } | Self::End { end, .. } | Self::Skip { end, .. } | Self::Cdata { end } => end,
        }
    }
}

/// The first piece of a gap of ordinary content. `complete`: whatever begins in the gap ends in it, or is never ended. If not, `None` where a start
/// tag, a comment or an end tag may have begun, of which the rest is not seen yet. `foreign`: it is content of svg or math, where alone CDATA is.
pub(crate) fn next(gap: &[u8], complete: bool, foreign: bool) -> Option<Piece> {
    if *gap.first()? != b'<' {
        // Most texts are nothing but white space.
        let white = white(gap);
        let rest = &gap[white..];
        let words = if rest.first() == Some(&b'<') { 0 } else { memchr::memchr(b'<', rest).unwrap_or(rest.len()) };
        return Some(Piece::Text { white, end: white + words });
    }
    let unfinished = || complete.then_some(Piece::Skip { end: gap.len(), doctype: false });
    match (gap.get(1), gap.get(2)) {
        (Some(b'/'), Some(b'>')) => Some(Piece::Skip { end: 3, doctype: false }),
        (Some(b'/'), Some(c)) if c.is_ascii_alphabetic() => {
            let (length, hash) = tag::name_at(&gap[2..]);
            let name = 2 + length;
            let end = if gap.get(name) == Some(&b'>') { Some(name + 1) } else { tag_end(gap) };
            match end {
                Some(end) => Some(Piece::End { name: (2, name), hash, end }),
                None => unfinished(),
            }
        }
        (Some(b'!'), _) => {
            const CDATA: &[u8] = b"<![CDATA[";
            const DOCTYPE: &[u8] = b"<!doctype";
            if gap.starts_with(CDATA) && (complete || foreign) {
                return Some(Piece::Cdata { end: CDATA.len() });
            }
            let doctype = gap.get(..DOCTYPE.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(DOCTYPE));
            // What else ends is a comment, and was reported.
            let end = if complete || doctype { memchr::memchr(b'>', gap) } else { None };
            match end {
                Some(end) => Some(Piece::Skip { end: end + 1, doctype }),
                None => unfinished(),
            }
        }
        // A start tag here is one that the input ends in: whole ones are reported by the rewriter.
        (Some(c), _) if c.is_ascii_alphabetic() && complete && tag_end(gap).is_none() => unfinished(),
        (next, _) if !complete && next.is_none_or(|c| c.is_ascii_alphabetic() || matches!(c, b'/' | b'?')) => None,
        _ => {
            let end = memchr::memchr(b'<', &gap[1..]).map_or(gap.len(), |n| n + 1);
            Some(Piece::Text { white: 0, end })
        }
    }
}

/// How many bytes of white space a text begins with.
pub(crate) fn white(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at)
        && is_space(*byte)
    {
        at += 1;
        // A line is indented more often by spaces than by anything else.
        while *byte == b'\n' && text[at..].starts_with(&[b' '; 8]) {
            at += 8;
        }
    }
    at
}

/// How much of a CDATA section's text is at hand, and where the section ends behind it, if that is seen.
pub(crate) fn cdata(gap: &[u8], complete: bool) -> (usize, Option<usize>) {
    match memchr::memmem::find(gap, b"]]>") {
        Some(at) => (at, Some(at + 3)),
        None if complete => (gap.len(), None),
        // The last bytes may be half of its end.
        None => (gap.iter().rposition(|c| *c != b']').map_or(0, |last| last + 1).max(gap.len().saturating_sub(2)), None),
    }
}

/// Where the tag at the start of `bytes` ends, behind its `>`; quotes count only around attribute values.
pub(crate) fn tag_end(bytes: &[u8]) -> Option<usize> {
    let at = |i: usize| bytes.get(i).copied();
    let mut i = if at(1)? == b'/' { 2 } else { 1 };
    while !matches!(at(i)?, b'>' | b'/') && !is_space(at(i)?) {
        i += 1;
    }
    loop {
        while is_space(at(i)?) || at(i)? == b'/' {
            i += 1;
        }
        if at(i)? == b'>' {
            return Some(i + 1);
        }
        i += 1;
        while !is_space(at(i)?) && !matches!(at(i)?, b'/' | b'>' | b'=') {
            i += 1;
        }
        while is_space(at(i)?) {
            i += 1;
        }
        if at(i)? == b'=' {
            i += 1;
            while is_space(at(i)?) {
                i += 1;
            }
            match at(i)? {
                quote @ (b'"' | b'\'') => i += 2 + memchr::memchr(quote, bytes.get(i + 1..)?)?,
                _ => {
                    while !is_space(at(i)?) && at(i)? != b'>' {
                        i += 1;
                    }
                }
            }
        }
    }
}

pub(crate) fn is_space(c: u8) -> bool {
    matches!(c, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// How deep a script is in the standard's "escaped" states, which let `</script>` stand inside a comment that holds a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ScriptState {
    #[default]
    Plain,
    Escaped,
    DoublyEscaped,
}

/// What a stretch of an element with raw text was found to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Raw {
    /// The content ends here, at an end tag.
    Ends(usize),
    /// All of it up to here is content; the rest cannot be told yet.
    Goes(usize),
}

/// Looks for the end tag `</name` of an element with raw text.
pub(crate) fn raw_end(gap: &[u8], name: &[u8], state: &mut ScriptState) -> Raw {
    let script = name == b"script";
    let named = |rest: &[u8], word: &[u8]| -> Option<bool> {
        let have = rest.len().min(word.len());
        if !rest[..have].eq_ignore_ascii_case(&word[..have]) {
            return Some(false);
        }
        rest.get(word.len()).map(|c| is_space(*c) || matches!(c, b'/' | b'>'))
    };
    let mut i = 0;
    loop {
        let dash = script && *state != ScriptState::Plain;
        let found = if dash { memchr::memchr2(b'<', b'-', &gap[i..]) } else { memchr::memchr(b'<', &gap[i..]) };
        let Some(n) = found else { return Raw::Goes(gap.len()) };
        i += n;
        let rest = &gap[i + 1..];
        if gap[i] == b'-' {
            match (rest.first(), rest.get(1)) {
                (Some(b'-'), Some(b'>')) => *state = ScriptState::Plain,
                (None, _) | (Some(b'-'), None) => return Raw::Goes(i),
                _ => {}
            }
        } else if rest.is_empty() {
            return Raw::Goes(i);
        } else if rest[0] == b'/' {
            match named(&rest[1..], name) {
                None => return Raw::Goes(i),
                Some(true) if *state == ScriptState::DoublyEscaped => *state = ScriptState::Escaped,
                Some(true) => return Raw::Ends(i),
                Some(false) => {}
            }
        } else if script && *state == ScriptState::Escaped {
            match named(rest, b"script") {
                None => return Raw::Goes(i),
                Some(true) => *state = ScriptState::DoublyEscaped,
                Some(false) => {}
            }
        } else if script && *state == ScriptState::Plain && rest[0] == b'!' {
            if rest.len() < 5 && b"!--".starts_with(&rest[..rest.len().min(3)]) {
                return Raw::Goes(i);
            }
            if rest.starts_with(b"!--") {
                // The two dashes may be the first of `-->` too, so the search goes on at them.
                *state = ScriptState::Escaped;
                i += 1;
            }
        }
        i += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(gap: &str) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(piece) = next(&gap.as_bytes()[at..], true, false) {
            let end = at + piece.end();
            out.push(match piece {
                Piece::Text { .. } => format!("text {}", &gap[at..end]),
                Piece::End { name: (a, b), .. } => format!("end {}", &gap[at + a..at + b]),
                Piece::Skip { doctype, .. } => {
                    if doctype {
                        "doctype".into()
                    } else {
                        "skip".into()
                    }
                }
                Piece::Cdata { .. } => "cdata".into(),
            });
            at = end;
        }
        out
    }

    #[test]
    fn gaps_are_text_and_end_tags() {
        for (gap, want) in [
            ("a</p>b", vec!["text a", "end p", "text b"]),
            ("</p class='>'></b >", vec!["end p", "end b"]),
            ("1 < 2", vec!["text 1 ", "text < 2"]),
            ("</>x</", vec!["skip", "text x", "text </"]),
            ("<!DOCTYPE html>\n", vec!["doctype", "text \n"]),
            ("<![CDATA[x]]>", vec!["cdata", "text x]]>"]),
            ("end <div cla", vec!["text end ", "skip"]),
            ("end </div", vec!["text end ", "skip"]),
        ] {
            assert_eq!(pieces(gap), want, "{gap}");
        }
    }

    #[test]
    fn a_script_ends_where_browsers_end_it() {
        for (text, end) in [
            ("a</script>", Some(1)),
            ("a</scripty></SCRIPT >", Some(11)),
            ("<!-- </script>", Some(5)),
            ("<!-- <script> </script> --></script>", Some(27)),
            ("<!-- <script> </script> </script>", Some(24)),
            ("<!--><script></script>", Some(13)),
            ("if (a < b) x", None),
        ] {
            let found = match raw_end(text.as_bytes(), b"script", &mut ScriptState::default()) {
                Raw::Ends(at) => Some(at),
                Raw::Goes(_) => None,
            };
            assert_eq!(found, end, "{text}");
        }
    }
}
