//! What the user asked for on the command line.

use std::path::PathBuf;

use concurrent_futures::{PoolChoice, PoolChoiceError};
use thiserror::Error;

/// What counts if the user says nothing.
const EXECUTOR: &str = "threads";
const TOP: usize = 15;

/// The command line, understood.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// Print the help and do nothing else.
    pub(crate) help: bool,
    /// Where the counting is done.
    pub(crate) on: PoolChoice,
    /// How many crates the table shows.
    pub(crate) top: usize,
    /// Whose crates to count, if the user said so.
    pub(crate) folder: Option<PathBuf>,
}

/// Why the command line was not understood.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    /// Says what there is to choose from.
    #[error(transparent)]
    On(#[from] PoolChoiceError),
    #[error("`--top {0}` gives no number of crates; write `--top 15`, say")]
    Top(String),
    #[error("nothing follows `{0}`; see `--help`")]
    Alone(String),
    #[error("there is no option `{0}`; see `--help`")]
    Unknown(String),
    #[error("`{0}` is one folder too many; name one, or none")]
    SecondFolder(String),
}

/// What `--help` prints.
pub(crate) fn help() -> String {
    let executors = PoolChoice::NAMES.join(", ");
    format!(
        "\
usage: source_lines [--on EXECUTOR] [--top N] [FOLDER]

Counts the lines of all Rust sources that cargo keeps on this machine:
code, comments and blank ones, crate by crate.

  --on EXECUTOR  who counts, one of
                 {executors}
                 (otherwise {EXECUTOR})
  --top N        show the N longest crates (otherwise {TOP})
  FOLDER         count the folders in FOLDER instead, each as a crate"
    )
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, ArgumentError> {
        let mut arguments = Self {
            help: false,
            on: EXECUTOR.parse()?,
            top: TOP,
            folder: None,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => arguments.help = true,
                "--on" => arguments.on = words.next().ok_or(ArgumentError::Alone(word))?.parse()?,
                "--top" => arguments.set_top(words.next().ok_or(ArgumentError::Alone(word))?)?,
                _ => arguments.set_folder(word)?,
            }
        }
        Ok(arguments)
    }

    fn set_top(&mut self, text: String) -> Result<(), ArgumentError> {
        self.top = text.parse().map_err(|_| ArgumentError::Top(text))?;
        Ok(())
    }

    fn set_folder(&mut self, word: String) -> Result<(), ArgumentError> {
        if word.starts_with('-') {
            return Err(ArgumentError::Unknown(word));
        }
        match self.folder.replace(PathBuf::from(&word)) {
            None => Ok(()),
            Some(_) => Err(ArgumentError::SecondFolder(word)),
        }
    }
}
