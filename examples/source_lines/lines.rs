//! What the lines of a Rust source are: code, comment or blank.
//!
//! A line with any code on it is code. Comments end a line, or span several and nest; what looks
//! like one inside of a text is code.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// How many lines of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lines {
    pub(crate) code: u64,
    pub(crate) comment: u64,
    pub(crate) blank: u64,
}

impl Lines {
    /// Counts the lines of a source.
    pub(crate) fn of(source: &[u8]) -> Self {
        let mut lines = Self::default();
        let mut inside = Inside::Code;
        for line in source.split_inclusive(|byte| *byte == b'\n') {
            match inside.read(line.trim_ascii()) {
                Kind::Code => lines.code += 1,
                Kind::Comment => lines.comment += 1,
                Kind::Blank => lines.blank += 1,
            }
        }
        lines
    }

    pub(crate) fn all(&self) -> u64 {
        self.code + self.comment + self.blank
    }
}

impl AddAssign for Lines {
    fn add_assign(&mut self, other: Self) {
        self.code += other.code;
        self.comment += other.comment;
        self.blank += other.blank;
    }
}

/// What a line is; the last of these that is seen on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Blank,
    Comment,
    Code,
}

/// Where in a source a byte stands.
#[derive(Clone, Copy)]
enum Inside {
    Code,
    /// Inside comments, one in the other; the number of them.
    Comment(usize),
    Text,
    /// In a raw text that ends with a quote and this number of `#`.
    RawText(usize),
}

impl Inside {
    /// Reads a line to its end, and says what it is.
    fn read(&mut self, line: &[u8]) -> Kind {
        let (mut kind, mut at) = (Kind::Blank, 0);
        while at < line.len() {
            let (seen, length) = self.step(&line[at..]);
            kind = kind.max(seen);
            at += length;
        }
        kind
    }

    /// What comes next, and how long it is.
    fn step(&mut self, rest: &[u8]) -> (Kind, usize) {
        match *self {
            Self::Code => self.step_in_code(rest),
            Self::Comment(depth) => (Kind::Comment, self.step_in_comment(rest, depth)),
            Self::Text => (Kind::Code, self.step_in_text(rest)),
            Self::RawText(hashes) => (Kind::Code, self.step_in_raw_text(rest, hashes)),
        }
    }

    fn step_in_code(&mut self, rest: &[u8]) -> (Kind, usize) {
        match rest {
            [b' ' | b'\t', ..] => (Kind::Blank, 1),
            [b'/', b'/', ..] => (Kind::Comment, rest.len()),
            [b'/', b'*', ..] => (Kind::Comment, self.enter(Self::Comment(1), 2)),
            [b'"', ..] => (Kind::Code, self.enter(Self::Text, 1)),
            [b'\'', ..] => (Kind::Code, quoted(rest)),
            [b'r', after @ ..] => match raw_start(after) {
                Some(hashes) => (Kind::Code, self.enter(Self::RawText(hashes), hashes + 2)),
                None => (Kind::Code, 1),
            },
            _ => (Kind::Code, 1),
        }
    }

    fn step_in_comment(&mut self, rest: &[u8], depth: usize) -> usize {
        match rest {
            [b'/', b'*', ..] => self.enter(Self::Comment(depth + 1), 2),
            [b'*', b'/', ..] if depth == 1 => self.enter(Self::Code, 2),
            [b'*', b'/', ..] => self.enter(Self::Comment(depth - 1), 2),
            _ => 1,
        }
    }

    fn step_in_text(&mut self, rest: &[u8]) -> usize {
        match rest {
            [b'\\', ..] => 2,
            [b'"', ..] => self.enter(Self::Code, 1),
            _ => 1,
        }
    }

    fn step_in_raw_text(&mut self, rest: &[u8], hashes: usize) -> usize {
        match rest {
            [b'"', after @ ..] if hashes_of(after) >= hashes => self.enter(Self::Code, 1 + hashes),
            _ => 1,
        }
    }

    fn enter(&mut self, inside: Self, length: usize) -> usize {
        *self = inside;
        length
    }
}

/// How long a character in quotes is, or the quote that begins a lifetime.
fn quoted(rest: &[u8]) -> usize {
    let end = match rest {
        [_, b'\\', _, after @ ..] => after
            .iter()
            .position(|byte| *byte == b'\'')
            .map(|at| at + 3),
        [_, first, ..] => Some(1 + width(*first)),
        _ => None,
    };
    match end {
        Some(end) if rest.get(end) == Some(&b'\'') => end + 1,
        _ => 1,
    }
}

/// How many bytes a character has that begins with this one.
fn width(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

/// How many `#` a raw text has whose `r` stands before this, if it is one.
fn raw_start(after: &[u8]) -> Option<usize> {
    let hashes = hashes_of(after);
    (after.get(hashes) == Some(&b'"')).then_some(hashes)
}

fn hashes_of(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| **byte == b'#').count()
}

#[cfg(test)]
mod tests {
    use super::Lines;

    /// The lines of a source as code, comment and blank.
    fn count(source: &str) -> [u64; 3] {
        let lines = Lines::of(source.as_bytes());
        [lines.code, lines.comment, lines.blank]
    }

    #[test]
    fn each_line_is_of_one_kind() {
        let source = "//! Text.\n\nfn f() {} // here too\n\t\n/* one */ let n = 1;\n/* two */\n";

        assert_eq!(count(source), [2, 2, 2]);
    }

    #[test]
    fn a_last_line_needs_no_end() {
        assert_eq!(count(""), [0, 0, 0]);
        assert_eq!(count("fn f() {}"), [1, 0, 0]);
        assert_eq!(count("fn f() {}\r\n\r\n// end"), [1, 1, 1]);
    }

    #[test]
    fn comments_span_lines_and_nest() {
        let source = "/* a\n\n /* b */ c\n*/ fn f() {}\n/**/ /* d */\n";

        assert_eq!(count(source), [1, 3, 1]);
    }

    #[test]
    fn no_comment_begins_in_a_text() {
        for text in [
            r#""//""#,
            r#""/*""#,
            r#""\"/*""#,
            r##"r"\", "/*""##,
            r###"r#"" /* "#"###,
            r###"br##""# /* "##"###,
            "'\"', '/', '*', '\\'', '\\u{2f}', 'é', '💡'",
            "&'a str, r#type",
        ] {
            let source = format!("let n = ({text});\n// end\n");

            assert_eq!(count(&source), [1, 1, 0], "{source}");
        }
    }

    #[test]
    fn a_text_may_span_lines() {
        let source = "let a = \"\n// no\n\\\"\n\";\nlet b = r#\"\n/* no \" */\n\"#;\n// yes\n";

        assert_eq!(count(source), [7, 1, 0]);
    }

    #[test]
    fn what_is_no_rust_is_counted_too() {
        for source in ["'", "'\\", "r#", "/", "*/ \"", "\"\\"] {
            assert_eq!(count(source), [1, 0, 0], "{source}");
        }
    }
}
