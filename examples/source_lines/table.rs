//! What was counted, as a table; in colour on a terminal.

use std::env;
use std::fmt;
use std::io::{IsTerminal, stdout};

use crate::lines::Lines;

const GREEN: u8 = 32;
const BLUE: u8 = 34;
const GREY: u8 = 90;

/// How many cells wide the bar of the longest crate is.
const BAR: u64 = 12;

/// One crate, several, or all of them.
#[derive(Default)]
pub(crate) struct Row {
    name: String,
    pub(crate) files: u64,
    pub(crate) lines: Lines,
}

impl Row {
    pub(crate) fn new(name: &str) -> Self {
        let name = name.to_owned();
        Self {
            name,
            ..Self::default()
        }
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, lines: Lines) {
        self.files += 1;
        self.lines += lines;
    }

    /// The sum of these rows.
    fn sum(name: &str, rows: &[Row]) -> Self {
        let mut sum = Self::new(name);
        for row in rows {
            sum.files += row.files;
            sum.lines += row.lines;
        }
        sum
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Lines {
            code,
            comment,
            blank,
        } = self.lines;
        write!(
            f,
            "  {:<26} {:>6} {:>9} {:>9} {:>9} {:>9}",
            shortened(&self.name, 26),
            grouped(self.files),
            grouped(code),
            grouped(comment),
            grouped(blank),
            grouped(self.lines.all())
        )
    }
}

/// All crates, of which the longest are shown.
pub(crate) struct Table {
    rows: Vec<Row>,
    top: usize,
}

impl Table {
    pub(crate) fn new(mut rows: Vec<Row>, top: usize) -> Self {
        rows.sort_by(|one, other| {
            let by_lines = other.lines.all().cmp(&one.lines.all());
            by_lines.then_with(|| one.name.cmp(&other.name))
        });
        Self { rows, top }
    }

    pub(crate) fn total(&self) -> Row {
        let crates = grouped(self.rows.len() as u64);
        Row::sum(&format!("all {crates} crates"), &self.rows)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, others) = self.rows.split_at(self.top.min(self.rows.len()));
        let longest = shown.first().map_or(0, |row| row.lines.all());
        let line = painted(GREY, &"─".repeat(73));
        let (code, rest) = (painted(GREEN, "█"), painted(BLUE, "░"));
        writeln!(
            f,
            "  {:<26} {:>6} {:>9} {:>9} {:>9} {:>9}  {code} code {rest} rest",
            "crate", "files", "code", "comments", "blank", "lines"
        )?;
        writeln!(f, "  {line}")?;
        for row in shown {
            writeln!(f, "{row}  {}", bar(row.lines, longest))?;
        }
        if !others.is_empty() {
            let name = format!("{} more", grouped(others.len() as u64));
            writeln!(f, "{}", Row::sum(&name, others))?;
        }
        write!(f, "  {line}\n{}", self.total())
    }
}

/// A bar as long as the crate, in parts for code and for the rest.
fn bar(lines: Lines, longest: u64) -> String {
    let cells = |lines: u64| (lines * BAR).div_ceil(longest.max(1)) as usize;
    let (code, all) = (cells(lines.code), cells(lines.all()));
    let rest = "░".repeat(all - code.min(all));
    painted(GREEN, &"█".repeat(code)) + &painted(BLUE, &rest)
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text that is no wider than its column.
fn shortened(text: &str, width: usize) -> String {
    match text.char_indices().nth(width - 1) {
        Some((at, _)) if text.chars().count() > width => format!("{}…", &text[..at]),
        _ => text.to_owned(),
    }
}

/// In this colour, on a terminal.
fn painted(colour: u8, text: &str) -> String {
    let is_seen = stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    match is_seen {
        true => format!("\x1b[{colour}m{text}\x1b[0m"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, code: u64) -> Row {
        let (name, files) = (name.to_owned(), 2);
        let lines = Lines {
            code,
            comment: 1,
            blank: 0,
        };
        Row { name, files, lines }
    }

    #[test]
    fn digits_come_in_groups_of_three() {
        let texts = [0, 999, 1_000, 1_234_567].map(grouped);

        assert_eq!(texts, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn the_longest_come_first_and_the_others_as_one() {
        let rows = vec![row("c", 3), row("a", 9), row("d", 1), row("b", 3)];

        let text = Table::new(rows, 2).to_string();

        let names: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert_eq!(names[0], "crate");
        assert_eq!(names[2..5], ["a", "b", "2"], "{text}");
        assert!(
            text.lines()
                .nth(4)
                .is_some_and(|line| line.contains("2 more") && line.contains("4"))
        );
        assert!(text.ends_with(" 20"), "{text}");
    }

    #[test]
    fn a_long_name_keeps_to_its_column() {
        assert_eq!(shortened("längst-0.1", 10), "längst-0.1");
        assert_eq!(shortened("längst-0.1", 9), "längst-0…");
    }
}
