//! How a worker is started: which program, with what, as it was when the pool was made.

use std::{
    ffi::OsString,
    io::{self, PipeWriter},
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::PathBuf,
    process::{Command, Stdio},
};

use log::LevelFilter;

use super::{listening::Listening, mark, message::Welcome};

/// All that a pool's workers are started with; the first like the last.
pub(super) struct Recipe {
    pub(super) program: PathBuf,
    /// What the system is to show as the program's name.
    shown: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    pub(super) welcome: Welcome,
    pub(super) listening: Listening,
}

impl Recipe {
    /// This program once more, with these arguments or its own.
    pub(super) fn new(
        program: Option<PathBuf>,
        arguments: Option<Vec<OsString>>,
        welcome: Welcome,
        listening: Listening,
    ) -> Self {
        let mut own = std::env::args_os();
        let own_name = own.next().unwrap_or_default();
        let shown = match &program {
            Some(program) => program.clone().into(),
            None => own_name,
        };
        Self {
            program: program.unwrap_or_else(program_file),
            shown,
            arguments: arguments.unwrap_or_else(|| own.collect()),
            environment: std::env::vars_os().collect(),
            directory: std::env::current_dir().ok(),
            welcome,
            listening,
        }
    }

    /// The frame that tells a worker that starts at this moment how to work.
    pub(super) fn welcome_frame(&self) -> Vec<u8> {
        let logs = match self.listening.logs {
            true => log::max_level(),
            false => LevelFilter::Off,
        };
        let welcome = self.welcome.clone();
        Welcome { logs, ..welcome }.frame()
    }

    /// What starts a worker whose end of the link is `link`, and whose standard error goes there or where this program's goes.
    pub(super) fn command(&self, link: OwnedFd, stderr: Option<PipeWriter>) -> io::Result<Command> {
        let mut command = Command::new(&self.program);
        command
            .arg0(&self.shown)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env(mark::VARIABLE, mark::of(&link)?)
            .process_group(0)
            .stdin(link);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        // It prints before it knows that it is a worker, as test programs do.
        if self.welcome.has_output {
            command.stdout(Stdio::null());
        }
        if let Some(stderr) = stderr {
            command.stderr(stderr);
        }
        Ok(command)
    }
}

/// The file of this program, even if it was replaced or deleted since.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) fn program_file() -> PathBuf {
    "/proc/self/exe".into()
}

/// The file of this program, as long as it is there.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) fn program_file() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}
