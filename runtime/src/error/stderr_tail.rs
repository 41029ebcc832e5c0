//! The last lines of a worker's standard error, at the end of an error's text.

use std::fmt::{self, Write};

/// Displays lines with control characters escaped; empty if there are no lines.
pub(crate) struct StderrTail<'a>(pub(crate) &'a str);

impl fmt::Display for StderrTail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(lines) = self;
        match lines.lines().count() {
            0 => Ok(()),
            1 => {
                f.write_str("; it said last: ")?;
                write_harmless(f, lines)
            }
            _ => {
                f.write_str("; it said last:")?;
                lines.lines().try_for_each(|line| {
                    f.write_str("\n  | ")?;
                    write_harmless(f, line)
                })
            }
        }
    }
}

fn write_harmless(f: &mut fmt::Formatter<'_>, line: &str) -> fmt::Result {
    line.chars().try_for_each(|char| match char {
        '\t' => f.write_char('\t'),
        char if is_harmful(char) => write!(f, "{}", char.escape_default()),
        char => f.write_char(char),
    })
}

/// Whether a character controls a terminal, or changes the direction of the text after it.
fn is_harmful(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn one_line_goes_on_and_several_stand_below() {
        assert_eq!(StderrTail("").to_string(), "");
        assert_eq!(StderrTail("boom").to_string(), "; it said last: boom");
        assert_eq!(
            StderrTail("one\ntwo").to_string(),
            "; it said last:\n  | one\n  | two"
        );
    }

    #[test]
    fn what_would_control_a_terminal_is_spelled_out() {
        let text = StderrTail("\t\"50\u{b0}\"\r\u{1b}[2J\0\u{202e}").to_string();

        assert_eq!(
            text,
            "; it said last: \t\"50\u{b0}\"\\r\\u{1b}[2J\\u{0}\\u{202e}"
        );
    }
}
