//! What the user asked for on the command line.

use std::path::PathBuf;

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
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, ArgumentError> {
        let mut words = words;
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--help" | "-h" => arguments.help = true,
                "--out" => {
                    arguments.out = Some(words.next().ok_or(ArgumentError::NoFolder)?.into())
                }
                _ => arguments.add_url(word)?,
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
