//! What the user asked for on the command line.

use std::{
    ffi::{OsStr, OsString},
    num::NonZeroUsize,
    path::PathBuf,
};

use lexopt::prelude::*;
use thiserror::Error;

use crate::limits::{self, Limits};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
usage: thumbnails [FOLDER] [--sheet FILE] [--limit TIME] [--memory SIZE]
                  [--workers N]

Decodes the images of a folder in worker processes, and makes a contact
sheet of them, with the reason in place of each picture that failed.

  FOLDER         where the images are; without it, a gallery is painted,
                 with hostile files among the pictures
  --sheet FILE   the contact sheet, a PNG file (otherwise contact-sheet.png
                 beside this program)
  --limit TIME   how long decoding one image may take; 2s, if not given
  --memory SIZE  how much memory it may need; 256MiB, if not given
  --workers N    how many processes decode; as many as there are CPUs,
                 if not given";

/// The command line, understood.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Print the help and do nothing else.
    pub(crate) help: bool,
    pub(crate) folder: Option<PathBuf>,
    pub(crate) sheet: Option<PathBuf>,
    pub(crate) limits: Limits,
    pub(crate) workers: Option<NonZeroUsize>,
}

/// Why the command line was not understood.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    #[error("`{option}` has no value; write `{option} {example}`, say")]
    NoValue {
        option: String,
        example: &'static str,
    },
    #[error("`{value}` does not fit `{option}`; write `{option} {example}`, say")]
    WrongValue {
        option: String,
        value: String,
        example: &'static str,
    },
    #[error("`{0}` is no option; see `--help`")]
    NoOption(String),
    #[error("`{0}` is a second folder; name one")]
    SecondFolder(String),
    #[error(transparent)]
    Other(#[from] lexopt::Error),
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(
        words: impl IntoIterator<Item = impl Into<OsString>> + 'static,
    ) -> Result<Self, ArgumentError> {
        let mut parser = lexopt::Parser::from_args(words);
        let mut arguments = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => arguments.help = true,
                Long(name) => {
                    let option = format!("--{name}");
                    arguments.read(option, parser.value().ok())?;
                }
                Short(letter) => return Err(ArgumentError::NoOption(format!("-{letter}"))),
                Value(word) if arguments.folder.is_some() => {
                    return Err(ArgumentError::SecondFolder(word.string()?));
                }
                Value(word) => arguments.folder = Some(word.into()),
            }
        }
        Ok(arguments)
    }

    fn read(&mut self, option: String, value: Option<OsString>) -> Result<(), ArgumentError> {
        let example = match option.as_str() {
            "--sheet" => "sheet.png",
            "--limit" => "2s",
            "--memory" => "256MiB",
            "--workers" => "4",
            _ => return Err(ArgumentError::NoOption(option)),
        };
        let Some(value) = value else {
            return Err(ArgumentError::NoValue { option, example });
        };
        self.set(&option, &value).ok_or_else(|| {
            let value = value.to_string_lossy().into_owned();
            ArgumentError::WrongValue {
                option,
                value,
                example,
            }
        })
    }

    /// `None` if the value does not fit.
    fn set(&mut self, option: &str, value: &OsStr) -> Option<()> {
        match option {
            "--sheet" => self.sheet = Some(value.into()),
            "--limit" => self.limits.time = limits::time(value.to_str()?)?,
            "--memory" => self.limits.memory = limits::memory(value.to_str()?)?,
            _ => self.workers = Some(value.to_str()?.parse().ok()?),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &str) -> Result<Arguments, String> {
        let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
        Arguments::parse(words).map_err(|error| error.to_string())
    }

    #[test]
    fn options_and_the_folder_come_in_any_order() {
        let arguments = parse("--workers 3 photos --memory 1GiB --sheet out.png").unwrap();

        assert_eq!(arguments.folder, Some("photos".into()));
        assert_eq!(arguments.sheet, Some("out.png".into()));
        assert_eq!(arguments.limits.memory, 1 << 30);
        assert_eq!(arguments.workers.map(NonZeroUsize::get), Some(3));
    }

    #[test]
    fn what_does_not_fit_is_told_with_an_example() {
        let told = |words| parse(words).unwrap_err();

        assert_eq!(
            told("--limit"),
            "`--limit` has no value; write `--limit 2s`, say"
        );
        assert_eq!(
            told("--memory much"),
            "`much` does not fit `--memory`; write `--memory 256MiB`, say"
        );
        assert_eq!(
            told("--workers 0"),
            "`0` does not fit `--workers`; write `--workers 4`, say"
        );
        assert_eq!(told("--size 3"), "`--size` is no option; see `--help`");
        assert_eq!(told("a b"), "`b` is a second folder; name one");
    }
}
