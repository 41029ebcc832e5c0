//! What the user asked for on the command line.

use std::{ffi::OsString, path::PathBuf};

use concurrent_futures::{PoolChoice, PoolChoiceError};
use lexopt::prelude::*;
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
    Alone(&'static str),
    #[error("there is no option `{0}`; see `--help`")]
    Unknown(String),
    #[error("`{0}` is one folder too many; name one, or none")]
    SecondFolder(String),
    #[error(transparent)]
    Other(#[from] lexopt::Error),
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
    pub(crate) fn parse(
        words: impl IntoIterator<Item = impl Into<OsString>> + 'static,
    ) -> Result<Self, ArgumentError> {
        let mut arguments = Self {
            help: false,
            on: EXECUTOR.parse()?,
            top: TOP,
            folder: None,
        };
        let mut parser = lexopt::Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => arguments.help = true,
                Long("on") => arguments.on = value(&mut parser, "--on")?.parse()?,
                Long("top") => arguments.set_top(value(&mut parser, "--top")?)?,
                Long(name) => return Err(ArgumentError::Unknown(format!("--{name}"))),
                Short(letter) => return Err(ArgumentError::Unknown(format!("-{letter}"))),
                Value(word) => arguments.set_folder(word)?,
            }
        }
        Ok(arguments)
    }

    fn set_top(&mut self, text: String) -> Result<(), ArgumentError> {
        self.top = text.parse().map_err(|_| ArgumentError::Top(text))?;
        Ok(())
    }

    fn set_folder(&mut self, word: OsString) -> Result<(), ArgumentError> {
        match self.folder.replace(PathBuf::from(&word)) {
            None => Ok(()),
            Some(_) => Err(ArgumentError::SecondFolder(word.string()?)),
        }
    }
}

/// The text that follows an option.
fn value(parser: &mut lexopt::Parser, option: &'static str) -> Result<String, ArgumentError> {
    let value = parser.value().map_err(|_| ArgumentError::Alone(option))?;
    Ok(value.string()?)
}
