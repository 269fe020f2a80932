//! Text of the page's encoding to text of ours, in pieces of any size.
//!
//! A text node may arrive cut anywhere: inside a character, inside a character reference. What cannot be told yet is kept for the
//! next piece, so the cuts never show. This module must not know what the text is for.

use encoding_rs::{Decoder, Encoding, UTF_8};

/// The longest character reference of HTML has 33 characters (`&CounterClockwiseContourIntegral;`).
const LONGEST_REFERENCE: usize = 34;

/// See the module.
pub(crate) struct TextDecoder {
    encoding: &'static Encoding,
    /// Alive while a node's last piece ended inside a character, and for encodings that are not UTF-8 throughout the node.
    decoder: Option<Decoder>,
    /// Decoded, and not yet given out because a character reference may go on.
    pending: String,
    scratch: String,
}

impl TextDecoder {
    pub(crate) fn new(encoding: &'static Encoding) -> Self {
        Self { encoding, decoder: None, pending: String::new(), scratch: String::new() }
    }

    /// Decodes a piece of a node and gives it to `out`, character references resolved unless `raw`.
    pub(crate) fn piece(&mut self, bytes: &[u8], raw: bool, out: &mut impl FnMut(&str)) {
        if self.decoder.is_none()
            && (self.encoding == UTF_8 || bytes.is_ascii() && self.encoding.is_ascii_compatible())
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return self.resolve(text, raw, false, out);
        }
        self.decode(bytes, false);
        let text = std::mem::take(&mut self.scratch);
        self.resolve(&text, raw, false, out);
        self.scratch = text;
    }

    /// The same for a piece of an UTF-8 page that is known to be right.
    pub(crate) fn text(&mut self, text: &str, out: &mut impl FnMut(&str)) {
        if self.decoder.is_none() { self.resolve(text, false, false, out) } else { self.piece(text.as_bytes(), false, out) }
    }

    /// Whether something of the node was kept back until its end.
    pub(crate) fn owes(&self) -> bool {
        self.decoder.is_some() || !self.pending.is_empty()
    }

    /// The node has ended.
    pub(crate) fn end(&mut self, raw: bool, out: &mut impl FnMut(&str)) {
        if self.decoder.is_some() {
            self.decode(&[], true);
            self.decoder = None;
            let text = std::mem::take(&mut self.scratch);
            self.resolve(&text, raw, true, out);
            self.scratch = text;
        } else if !self.pending.is_empty() {
            self.resolve("", raw, true, out);
        }
    }

    fn decode(&mut self, bytes: &[u8], last: bool) {
        let encoding = self.encoding;
        let decoder = self.decoder.get_or_insert_with(|| encoding.new_decoder_without_bom_handling());
        self.scratch.clear();
        let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
        self.scratch.reserve(room);
        let _ = decoder.decode_to_string(bytes, &mut self.scratch, last);
    }

    fn resolve(&mut self, text: &str, raw: bool, last: bool, out: &mut impl FnMut(&str)) {
        if self.pending.is_empty() {
            let rest = give(text, raw, last, out);
            self.pending.push_str(rest);
        } else {
            let mut joined = std::mem::take(&mut self.pending);
            joined.push_str(text);
            let rest = give(&joined, raw, last, out).len();
            joined.drain(..joined.len() - rest);
            self.pending = joined;
        }
    }
}

/// Gives `text` out with its character references resolved, and returns the tail that may be half of one.
fn give<'a>(mut text: &'a str, raw: bool, last: bool, out: &mut impl FnMut(&str)) -> &'a str {
    if !raw {
        while let Some(at) = memchr::memchr(b'&', text.as_bytes()) {
            if at > 0 {
                out(&text[..at]);
            }
            text = &text[at..];
            let name = text[1..].bytes().take_while(|c| c.is_ascii_alphanumeric() || *c == b'#').count() + 1;
            if name == text.len() && !last && name < LONGEST_REFERENCE {
                return text;
            }
            let end = name + usize::from(text.as_bytes().get(name) == Some(&b';'));
            if name == 1 {
                out("&")
            } else {
                out(&htmlize::unescape(&text[..end]))
            }
            text = &text[if name == 1 { 1 } else { end }..];
        }
    }
    if !text.is_empty() {
        out(text);
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{GB18030, SHIFT_JIS, UTF_16LE, WINDOWS_1251};

    fn decoded(encoding: &'static Encoding, pieces: &[&[u8]]) -> String {
        let mut text = String::new();
        let mut decoder = TextDecoder::new(encoding);
        for piece in pieces {
            decoder.piece(piece, false, &mut |t| text.push_str(t));
        }
        decoder.end(false, &mut |t| text.push_str(t));
        text
    }

    #[test]
    fn no_cut_shows_in_the_text() {
        let sjis = SHIFT_JIS.encode("広告なし&amp;新聞").0;
        let gb = GB18030.encode("订阅 &lt; 𠀀").0;
        let cyrillic = WINDOWS_1251.encode("Поддержите &quot;нас&quot;").0;
        let wide: Vec<u8> = "a&eacute;ж".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (encoding, bytes, want) in [
            (UTF_8, "a&amp;b &notit; AT&T &#8209; & é&".as_bytes(), "a&b ¬it; AT&T \u{2011} & é&"),
            (UTF_8, b"bad \xe2\x82 byte \xff", "bad \u{fffd} byte \u{fffd}"),
            (SHIFT_JIS, &sjis, "広告なし&新聞"),
            (GB18030, &gb, "订阅 < 𠀀"),
            (WINDOWS_1251, &cyrillic, "Поддержите \"нас\""),
            (UTF_16LE, &wide, "aéж"),
        ] {
            assert_eq!(decoded(encoding, &[bytes]), want);
            for cut in 0..=bytes.len() {
                assert_eq!(decoded(encoding, &[&bytes[..cut], &bytes[cut..]]), want, "{} cut at {cut}", encoding.name());
            }
        }
    }
}
