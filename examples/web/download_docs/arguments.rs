//! What the user asked for on the command line.

use std::{ffi::OsString, path::PathBuf};

use lexopt::prelude::*;
use thiserror::Error;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
usage: download_docs [--out DIR] [URL ...]

Downloads the URLs one after another, then many at a time, and compares.

  --out DIR  save the files in DIR, replacing files of the same name
             (otherwise in a new folder among the temporary files)
  URL        what to download; without any, a small web server on this
             machine serves the sources of this workspace";

/// The command line, understood.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    /// Print the help and do nothing else.
    pub(crate) help: bool,
    /// Where to save the files, if the user said so.
    pub(crate) out: Option<PathBuf>,
    /// What to download, each once, in the user's order.
    pub(crate) urls: Vec<String>,
}

/// Why the command line was not understood.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    #[error("`--out` names no folder; write `--out DIR`")]
    NoFolder,
    #[error("`{0}` is neither an option nor a URL; see `--help`")]
    Unknown(String),
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
                Long("out") => {
                    let folder = parser.value().map_err(|_| ArgumentError::NoFolder)?;
                    arguments.out = Some(folder.into());
                }
                Value(word) => arguments.add_url(word.string()?)?,
                Long(name) => return Err(ArgumentError::Unknown(format!("--{name}"))),
                Short(letter) => return Err(ArgumentError::Unknown(format!("-{letter}"))),
            }
        }
        Ok(arguments)
    }

    fn add_url(&mut self, word: String) -> Result<(), ArgumentError> {
        if !word.starts_with("http://") && !word.starts_with("https://") {
            return Err(ArgumentError::Unknown(word));
        }
        if !self.urls.contains(&word) {
            self.urls.push(word);
        }
        Ok(())
    }
}
