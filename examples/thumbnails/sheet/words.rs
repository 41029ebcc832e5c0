//! Words that fit into cards.

/// `1 failure`, `2 failures`, `no failures`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    match count {
        0 => format!("no {thing}s"),
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// A name of at most `most` letters: its beginning and its end.
pub(super) fn shortened(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    match letters.len().checked_sub(most) {
        None | Some(0) => name.to_owned(),
        Some(_) => {
            let end = most / 2 - 1;
            let begin = most - end - 2;
            let (begin, end) = (&letters[..begin], &letters[letters.len() - end..]);
            format!("{}..{}", String::from_iter(begin), String::from_iter(end))
        }
    }
}

/// Lines of at most `most` letters, broken between words where there is a gap.
///
/// What does not fit into `lines` lines is left out, which two dots tell.
pub(super) fn wrapped(text: &str, most: usize, lines: usize) -> Vec<String> {
    let mut wrapped = vec![String::new()];
    for word in text.split(' ').flat_map(|word| pieces(word, most)) {
        let used = wrapped.last().map_or(0, |line| line.chars().count());
        if used > 0 && used + 1 + word.chars().count() > most {
            wrapped.push(String::new());
        }
        if let Some(line) = wrapped.last_mut() {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(&word);
        }
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(line) = wrapped.last_mut() {
            *line = line.chars().take(most - 2).chain("..".chars()).collect();
        }
    }
    wrapped
}

fn pieces(word: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(most).map(String::from_iter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(shortened("short.png", 9), "short.png");
        assert_eq!(shortened("a-very-long-name.png", 12), "a-ver..e.png");
        assert_eq!(shortened("äöüäöüäöü", 6), "äö..öü");
    }

    #[test]
    fn lines_break_between_words() {
        let lines = wrapped("took longer than 2 s", 16, 4);

        assert_eq!(lines, ["took longer than", "2 s"]);
    }

    #[test]
    fn a_word_that_fits_no_line_is_cut() {
        assert_eq!(wrapped("ab abcdefgh", 3, 9), ["ab", "abc", "def", "gh"]);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        assert_eq!(wrapped("one two three four", 5, 2), ["one", "two.."]);
    }
}
