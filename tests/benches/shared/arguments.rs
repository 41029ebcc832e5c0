//! What stood behind `cargo bench --`.
//!
//! `cargo bench` adds `--bench`. Without it (`cargo test --all-targets`)
//! everything runs once and tiny: enough to see that it still works.

use super::rounds::Schedule;
use super::works;
use lexopt::prelude::*;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, process};

/// The works to run, how much of each, and what to make of them.
pub(crate) struct Arguments {
    works: Vec<String>,
    rounds: Option<usize>,
    size: Size,
    markdown: bool,
    picture: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq)]
enum Size {
    Full,
    Quick,
    Tiny,
}

impl Arguments {
    /// Reads the command line; an unknown option is named and left out.
    ///
    /// An option without its value ends the program, and so does an unknown
    /// work, but for a test run: there any word may be the name of a test.
    pub(crate) fn read() -> Arguments {
        let arguments = Arguments::of(env::args_os().skip(1)).unwrap_or_else(|error| {
            eprintln!("{error}");
            process::exit(2)
        });
        if let Some(wrong) = arguments.unknown().filter(|_| arguments.is_benchmark()) {
            eprintln!("no work is called `{wrong}`; there are:");
            works::ALL
                .iter()
                .for_each(|work| eprintln!("    {:<24}{}", work.name, work.what));
            process::exit(2);
        }
        arguments
    }

    fn of(words: impl Iterator<Item = OsString> + 'static) -> Result<Arguments, lexopt::Error> {
        let mut read = Arguments {
            works: Vec::new(),
            rounds: None,
            size: Size::Tiny,
            markdown: false,
            picture: None,
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("bench") if read.size == Size::Tiny => read.size = Size::Full,
                Long("bench") => {}
                Long("quick") => read.size = Size::Quick,
                Long("markdown") => read.markdown = true,
                Long("svg") => read.picture = Some(from_root(parser.value()?)),
                Long("rounds") => read.rounds = Some(parser.value()?.parse()?),
                Value(word) => read.works.push(word.string()?),
                unknown @ (Long(_) | Short(_)) => {
                    eprintln!("{}", unknown.unexpected());
                    // That of `--option=value`.
                    parser.optional_value();
                }
            }
        }
        Ok(read)
    }

    /// A word that chooses nothing.
    fn unknown(&self) -> Option<&str> {
        let chooses = |word: &str| works::ALL.iter().any(|work| work.name.contains(word));
        let mut words = self.works.iter().map(String::as_str);
        words.find(|word| !chooses(word))
    }

    /// Was `work` asked for? Part of a name will do, where nothing has just that name; no name
    /// means all.
    pub(crate) fn selects(&self, work: &str) -> bool {
        let is_name = |word: &str| works::ALL.iter().any(|work| work.name == word);
        let fits = |word: &String| work == word || (!is_name(word) && work.contains(word.as_str()));
        self.works.is_empty() || self.works.iter().any(fits)
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

    /// Is this more than a test whether it works?
    pub(crate) fn is_benchmark(&self) -> bool {
        self.size != Size::Tiny
    }

    /// Is it done with a tenth of the calls?
    pub(crate) fn is_quick(&self) -> bool {
        self.size == Size::Quick
    }

    /// Is a table wanted beside the lines?
    pub(crate) fn markdown(&self) -> bool {
        self.markdown
    }

    /// The file of the picture that is wanted beside the lines.
    pub(crate) fn picture(&self) -> Option<&Path> {
        self.picture.as_deref()
    }
}

/// Cargo starts benchmarks in a folder of their own: a path is from the root of the project.
fn from_root(path: OsString) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
