//! The page's text so far, as a reader sees it: white space collapsed, blocks separated by a line feed.
//!
//! Every place in it is a byte offset from the beginning of the page's text, also after the beginning was forgotten, which keeps a page of
//! any size in bounded memory. A story keeps all of it. This module must not know elements.

/// See the module.
#[derive(Debug)]
pub(crate) struct RunningText {
    text: String,
    /// The place of the first byte that is still there.
    base: u64,
    /// Characters of the block that is being written.
    chars: u32,
    block: u64,
    space: bool,
}

/// Bytes that are looked at together.
const CHUNK: usize = 16;
/// Room for the text of a small page, so that it is not moved while it grows.
const ROOM: usize = 16 << 10;
/// Forgetting moves what is left, so it waits until it is worth it.
const WORTH_FORGETTING: usize = 32 << 10;

impl Default for RunningText {
    fn default() -> Self {
        Self { text: String::with_capacity(ROOM), base: 0, chars: 0, block: 0, space: false }
    }
}

impl RunningText {
    /// The place behind the last byte.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.text.len() as u64
    }

    /// Where the block that is being written begins.
    pub(crate) fn block(&self) -> u64 {
        self.block
    }

    /// Characters of the block that is being written.
    pub(crate) fn chars(&self) -> u32 {
        self.chars
    }

    /// The text from a place on; empty if that was forgotten.
    pub(crate) fn since(&self, place: u64) -> &str {
        self.text.get(place.saturating_sub(self.base) as usize..).unwrap_or_default()
    }

    /// Writes on. `pre`: white space stays as it is.
    pub(crate) fn append(&mut self, piece: &str, pre: bool) {
        let before = self.text.len();
        if pre {
            self.text.push_str(piece);
        } else {
            self.collapse(piece);
        }
        let mut added = &self.text[before..];
        if pre && self.chars == 0 {
            // Whether white space before the first word came along depends on how the input was cut.
            added = added.trim_start();
        }
        let chars = if added.is_ascii() { added.len() } else { added.chars().count() };
        self.chars = self.chars.saturating_add(u32::try_from(chars).unwrap_or(u32::MAX));
    }

    fn collapse(&mut self, piece: &str) {
        let bytes = piece.as_bytes();
        let mut from = 0;
        while from < bytes.len() {
            if bytes[from].is_ascii_whitespace() {
                self.space = true;
                from += 1;
                continue;
            }
            if bytes[from] < b' ' {
                from += 1; // control characters are no text
                continue;
            }
            if self.space {
                if self.end() > self.block && !self.text.ends_with(['\n', ' ']) {
                    self.text.push(' ');
                }
                self.space = false;
            }
            // A run of words that single spaces already separate goes over in one piece.
            let mut to = from + 1;
            while let (Some(chunk), Some(behind)) = (bytes.get(to..to + CHUNK), bytes.get(to + 1..to + CHUNK + 1)) {
                let single = |(b, next): (&u8, &u8)| (*b > b' ') | ((*b == b' ') & (*next > b' '));
                if !chunk.iter().zip(behind).fold(true, |all, pair| all & single(pair)) {
                    break;
                }
                to += CHUNK;
            }
            while to < bytes.len()
                && (bytes[to] > b' ' || bytes[to] == b' ' && bytes.get(to + 1).is_some_and(|next| *next > b' '))
            {
                to += 1;
            }
            while to < bytes.len() && !piece.is_char_boundary(to) {
                to += 1;
            }
            self.text.push_str(&piece[from..to]);
            from = to;
        }
    }

    /// A line ends inside the block.
    pub(crate) fn line(&mut self) {
        self.space = false;
        if self.end() > self.block && !self.text.ends_with('\n') {
            self.text.push('\n');
            self.chars += 1;
        }
    }

    /// Writes the space that is due before the next word, if one is.
    pub(crate) fn write_space(&mut self) {
        if self.space && self.end() > self.block && !self.text.ends_with(['\n', ' ']) {
            self.text.push(' ');
            self.chars += 1;
        }
        self.space = false;
    }

    /// Words on either side of here are separate, though no white space says so.
    pub(crate) fn space(&mut self) {
        self.space = true;
    }

    /// The block ends; returns where its text ends (trailing white space is gone).
    pub(crate) fn end_block(&mut self) -> u64 {
        let start = (self.block - self.base) as usize;
        let length = start + self.text[start..].trim_end().len();
        self.text.truncate(length);
        let end = self.end();
        if length > start {
            self.text.push('\n');
        }
        self.block = self.end();
        self.space = false;
        self.chars = 0;
        end
    }

    /// Throws away what was written of the block.
    pub(crate) fn drop_block(&mut self) {
        self.text.truncate((self.block - self.base) as usize);
        self.space = false;
    }

    /// Is there so much of it that forgetting may be worth it?
    pub(crate) fn is_long(&self) -> bool {
        self.text.len() >= WORTH_FORGETTING
    }

    /// What stands before a place is not needed any more.
    pub(crate) fn forget(&mut self, before: u64) {
        let count = before.min(self.block).saturating_sub(self.base) as usize;
        if count >= WORTH_FORGETTING {
            self.text.drain(..count);
            self.base += count as u64;
        }
    }

    /// All of it, if nothing was forgotten.
    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// The first characters of a text, on one line.
pub(crate) fn excerpt(text: &str) -> String {
    const CHARS: usize = 80;
    let text = text.trim_start();
    let end = text.char_indices().nth(CHARS).map_or(text.len(), |(end, _)| end);
    let excerpt = text[..end].trim_end();
    if excerpt.bytes().all(|byte| byte.is_ascii() && byte >= b' ') {
        return excerpt.to_owned();
    }
    excerpt.replace(char::is_whitespace, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_collapsed_across_any_cut() {
        for (text, want) in [
            ("  a \n b  c\t", "a b c\n"),
            ("one two  three", "one two three\n"),
            ("four words of text and  then some more of them", "four words of text and then some more of them\n"),
            ("ä  ö\u{a0}ü", "ä ö\u{a0}ü\n"),
            ("a\u{1}b", "ab\n"),
            (" \n ", ""),
        ] {
            for cut in (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)) {
                let mut running = RunningText::default();
                running.append(&text[..cut], false);
                running.append(&text[cut..], false);
                running.end_block();
                assert_eq!(running.into_text(), want, "{text:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn white_space_before_a_preformatted_text_is_not_counted() {
        for pieces in [&["  \n`\n x "][..], &["  ", "\n`\n x "], &["`\n", " x "]] {
            let mut running = RunningText::default();
            pieces.iter().for_each(|piece| running.append(piece, true));
            assert_eq!(running.chars(), 5, "{pieces:?}");
        }
    }

    #[test]
    fn places_outlive_forgetting() {
        let mut running = RunningText::default();
        running.append(&"x".repeat(2 * WORTH_FORGETTING), false);
        running.end_block();
        let place = running.end();
        running.append("kept", false);
        running.forget(place);
        assert_eq!(running.since(place), "kept");
        assert_eq!(running.since(0), "kept");
    }
}
