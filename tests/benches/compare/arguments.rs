//! What stood behind `cargo bench --`.
//!
//! `cargo bench` adds `--bench`. Without it (`cargo test --all-targets`)
//! everything runs once and tiny: enough to see that it still works.

use crate::rounds::Schedule;
use std::env;

/// The works to run, and how much of each.
pub(crate) struct Arguments {
    works: Vec<String>,
    rounds: Option<usize>,
    size: Size,
    markdown: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Size {
    Full,
    Quick,
    Tiny,
}

impl Arguments {
    /// Reads the command line; an unknown option is named and left out.
    pub(crate) fn read() -> Arguments {
        let mut read = Arguments {
            works: Vec::new(),
            rounds: None,
            size: Size::Tiny,
            markdown: false,
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--bench" if read.size == Size::Tiny => read.size = Size::Full,
                "--bench" => {}
                "--quick" => read.size = Size::Quick,
                "--markdown" => read.markdown = true,
                "--rounds" => read.rounds = words.next().and_then(|count| count.parse().ok()),
                option if option.starts_with('-') => eprintln!("unknown option `{option}`"),
                _ => read.works.push(word),
            }
        }
        read
    }

    /// Was `work` asked for? Part of a name will do; no name means all.
    pub(crate) fn selects(&self, work: &str) -> bool {
        self.works.is_empty() || self.works.iter().any(|part| work.contains(part.as_str()))
    }

    /// The schedule of a work of usually `full` rounds.
    pub(crate) fn schedule(&self, full: usize, laps: usize) -> Schedule {
        let rounds = self.rounds.unwrap_or(match self.size {
            Size::Full => full,
            Size::Quick => 3,
            Size::Tiny => 1,
        });
        Schedule {
            rounds: rounds.max(1),
            laps,
        }
    }

    /// How many calls a turn of usually `full` calls makes.
    pub(crate) fn calls(&self, full: u64) -> u64 {
        match self.size {
            Size::Full => full,
            Size::Quick => full.div_ceil(10),
            Size::Tiny => full.div_ceil(1_000),
        }
    }

    /// Is a table wanted beside the lines?
    pub(crate) fn markdown(&self) -> bool {
        self.markdown
    }
}
