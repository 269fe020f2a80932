//! Questions to a person on a terminal. Without one, every question has its answer already.
//!
//! It must not know what is asked for.

use std::io::{self, BufRead, BufReader, Read};

use super::super::show;

/// Asks, or does not.
pub(super) struct Asker {
    input: Option<Box<dyn BufRead>>,
}

impl Asker {
    /// None: nobody is there.
    pub(super) fn new(input: Option<impl Read + 'static>) -> Self {
        Self { input: input.map(|input| Box::new(BufReader::new(input)) as Box<dyn BufRead>) }
    }

    /// Lines until an empty one.
    pub(super) fn lines(&mut self, question: &str) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        while let Some(line) =
            self.ask(&format!("{question} (empty: {}): ", if lines.is_empty() { "give up" } else { "no more" }))?
        {
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// A number from 1 to `most`; 1 if nobody says otherwise.
    pub(super) fn number(&mut self, question: &str, most: usize) -> io::Result<usize> {
        if most < 2 {
            return Ok(1);
        }
        while let Some(answer) = self.ask(&format!("{question} [1]: "))? {
            match answer.parse() {
                _ if answer.is_empty() => return Ok(1),
                Ok(number) if (1..=most).contains(&number) => return Ok(number),
                _ => show::say(&format!("Write a number from 1 to {most}.\n")),
            }
        }
        Ok(1)
    }

    /// Yes, unless somebody says no.
    pub(super) fn yes(&mut self, question: &str) -> io::Result<bool> {
        while let Some(answer) = self.ask(&format!("{question} [Y/n]: "))? {
            match answer.to_lowercase().as_str() {
                "" | "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => show::say("Write y or n.\n"),
            }
        }
        Ok(true)
    }

    /// None: nobody is there, or nobody is there any more.
    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        let Some(input) = &mut self.input else { return Ok(None) };
        show::say(question);
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            self.input = None;
            return Ok(None);
        }
        Ok(Some(line.trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::Asker;

    #[test]
    fn answers_are_taken_and_nonsense_is_asked_again() {
        let mut asker = Asker::new(Some("one\n two \n\n7\nx\n2\n\nmaybe\nn\n\n".as_bytes()));
        assert_eq!(asker.lines("?").unwrap(), ["one", "two"]);
        assert_eq!(asker.number("?", 3).unwrap(), 2);
        assert_eq!(asker.number("?", 3).unwrap(), 1);
        assert!(!asker.yes("?").unwrap());
        assert!(asker.yes("?").unwrap());
        assert!(asker.yes("?").unwrap() && asker.lines("?").unwrap().is_empty(), "the input has ended");
    }

    #[test]
    fn nobody_is_asked_where_nobody_is() {
        let mut asker = Asker::new(None::<&[u8]>);
        assert!(asker.lines("?").unwrap().is_empty() && asker.yes("?").unwrap());
        assert_eq!(asker.number("?", 5).unwrap(), 1);
    }
}
