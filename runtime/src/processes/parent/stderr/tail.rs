//! The last lines of an endless text, in bounded memory.

use std::{collections::VecDeque, mem};

use crate::error::truncation_note;

/// The maximum number of kept lines.
const LINES_LIMIT: usize = 1_000;

/// The maximum number of kept bytes of a line: its first ones.
const LINE_LIMIT: usize = 16 << 10;

/// The last lines, without blank ones.
pub(crate) struct TextTail {
    limit: usize,
    /// The lines that have ended, the oldest first.
    finished: VecDeque<Line>,
    /// The line that has not ended.
    unfinished: Line,
}

/// One line, as far as it is kept.
#[derive(Default)]
struct Line {
    kept: Vec<u8>,
    /// The number of bytes that it had.
    len: usize,
}

impl TextTail {
    /// Keeps at most `limit` lines.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.min(LINES_LIMIT),
            finished: VecDeque::new(),
            unfinished: Line::default(),
        }
    }

    /// Adds the next piece of the text.
    pub(crate) fn add(&mut self, text: &[u8]) {
        for piece in text.split_inclusive(|byte| *byte == b'\n') {
            let line = piece.strip_suffix(b"\n");
            let more = line.unwrap_or(piece);
            self.unfinished.add(more);
            if line.is_some() {
                self.end_line();
            }
        }
    }

    /// The lines, one below the other.
    pub(crate) fn text(&self) -> String {
        let unfinished = Some(&self.unfinished).filter(|line| !line.is_blank());
        let skipped = self.finished.len() + usize::from(unfinished.is_some());
        let lines = self.finished.iter().chain(unfinished);
        let lines = lines.skip(skipped.saturating_sub(self.limit));
        let lines: Vec<String> = lines.map(Line::shown).collect();
        lines.join("\n")
    }

    fn end_line(&mut self) {
        if self.unfinished.is_blank() || self.limit == 0 {
            return self.unfinished.clear();
        }
        let is_full = self.finished.len() == self.limit;
        let oldest = is_full.then(|| self.finished.pop_front()).flatten();
        let mut next = oldest.unwrap_or_default();
        next.clear();
        self.finished
            .push_back(mem::replace(&mut self.unfinished, next));
    }
}

impl Line {
    /// Adds the next piece of the line.
    fn add(&mut self, more: &[u8]) {
        let room = LINE_LIMIT - self.kept.len();
        self.kept.extend_from_slice(&more[..more.len().min(room)]);
        self.len = self.len.saturating_add(more.len());
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.len = 0;
    }

    fn is_blank(&self) -> bool {
        self.kept.trim_ascii().is_empty()
    }

    /// The line as text; bytes that are no UTF-8 are replaced.
    fn shown(&self) -> String {
        let text = String::from_utf8_lossy(self.kept.trim_ascii_end());
        if self.len > self.kept.len() {
            format!("{text}{}", truncation_note(self.len))
        } else {
            text.into_owned()
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// The last lines of a text that comes in pieces of this size.
    fn last(limit: usize, text: &[u8], piece: usize) -> String {
        let mut lines = TextTail::new(limit);
        text.chunks(piece).for_each(|piece| lines.add(piece));
        lines.text()
    }

    #[test]
    fn the_last_lines_are_kept_however_the_text_comes() {
        for piece in 1..12 {
            assert_eq!(last(2, b"one\ntwo\nthree\n", piece), "two\nthree");
            assert_eq!(last(2, b"one\ntwo\nthree", piece), "two\nthree");
            assert_eq!(last(5, b"one\ntwo", piece), "one\ntwo");
        }
    }

    #[test]
    fn blank_lines_and_line_ends_of_others_are_not_kept() {
        let text = b"\n  \r\none\r\n\n\ntwo \t\r\n\n \n";

        assert_eq!(last(2, text, 4), "one\ntwo");
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri takes it byte by byte")]
    fn a_long_line_is_cut_and_says_so() {
        let fits = [b'a'; LINE_LIMIT];
        let long = [&fits[..], b"b"].concat();

        let kept = "a".repeat(LINE_LIMIT);
        assert_eq!(last(1, &fits, 100), kept);
        let cut = format!("{kept}… (cut; 16,385 bytes in all)");
        assert_eq!(last(1, &long, 100), cut);
        assert_eq!(
            last(2, &[&long[..], b"\nshort\n"].concat(), 7),
            format!("{cut}\nshort")
        );
    }

    #[test]
    fn what_is_no_text_is_shown_as_far_as_it_is() {
        assert_eq!(
            last(1, b"caf\xc3\xa9 \xff\xfe!", 1),
            "caf\u{e9} \u{fffd}\u{fffd}!"
        );
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri takes it byte by byte")]
    fn a_text_without_end_takes_no_more_than_its_last_lines() {
        let mut lines = TextTail::new(3);

        for number in 0..10_000 {
            lines.add(format!("line {number}\n").as_bytes());
        }
        lines.add(&[b'x'; 100_000]);

        assert_eq!(lines.finished.len(), 3);
        assert_eq!(lines.unfinished.kept.len(), LINE_LIMIT);
        let text = lines.text();
        assert!(text.starts_with("line 9998\nline 9999\nxxx"), "{text}");
    }

    #[test]
    fn nothing_is_kept_if_nothing_is_asked_for() {
        assert_eq!(last(0, b"one\ntwo", 3), "");
    }

    #[test]
    fn any_bytes_are_shown_as_lines() {
        // A xorshift generator: the same bytes in each run.
        let mut random = 13_u64;
        let mut next = || {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            random as usize
        };
        for _ in 0..if cfg!(miri) { 4 } else { 2_000 } {
            let len = next() % 200;
            let bytes: Vec<u8> = (0..len).map(|_| next() as u8).collect();
            let mut lines = TextTail::new(3);
            bytes
                .chunks(1 + next() % 9)
                .for_each(|piece| lines.add(piece));

            assert!(lines.text().lines().count() <= 4 + len, "{bytes:?}");
        }
    }
}
