//! Truncating texts that are sent to another process; a truncated text says so.

use std::borrow::Cow;

/// The maximum length of a text that one process sends to another, in bytes.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// The maximum length of the note at the end of a truncated text, in bytes.
pub(crate) const MAX_TRUNCATION_NOTE: usize = 64;

/// Truncates a text to `most` bytes and a note of its length.
pub(crate) fn truncated(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let is_end = |at: &usize| text.is_char_boundary(*at);
    let end = (0..=most).rev().find(is_end).unwrap_or_default();
    Cow::Owned(format!("{}{}", &text[..end], truncation_note(text.len())))
}

/// The note at the end of a truncated text that had `len` bytes.
pub(crate) fn truncation_note(len: usize) -> String {
    format!("… (cut; {} bytes in all)", grouped(len))
}

/// A number with thousands separators.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<Cow<'_, str>> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_text_up_to_the_limit_is_whole() {
        assert_eq!(truncated("four", 4), "four");
        assert!(matches!(truncated("four", 4), Cow::Borrowed(_)));
    }

    #[test]
    fn a_longer_text_says_where_it_is_cut_and_how_long_it_was() {
        assert_eq!(truncated("éé", 3), "é… (cut; 4 bytes in all)");
        let long = "x".repeat(3 << 20);
        let cut = truncated(&long, 10);
        assert_eq!(cut, "xxxxxxxxxx… (cut; 3,145,728 bytes in all)");
    }

    #[test]
    fn the_mark_of_the_longest_text_there_is_fits() {
        assert!(truncation_note(usize::MAX).len() <= MAX_TRUNCATION_NOTE);
    }
}
