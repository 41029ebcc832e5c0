//! How a worker is started: which program, with what, as it was when the pool was made.

use std::{
    ffi::OsString,
    io::{self, PipeWriter},
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use log::LevelFilter;

use super::directory::Directory;
use crate::processes::{
    os::program::Program,
    wire::{message::Welcome, worker_env},
};

/// All that a pool's workers are started with; the first like the last.
pub(crate) struct WorkerCommand {
    pub(crate) program: Program,
    /// What the system is to show as the program's name.
    shown: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Directory,
    /// Which build this program is.
    build: u64,
    pub(crate) welcome: Welcome,
    /// Whether standard error is a pipe to the parent.
    pub(crate) captures_stderr: bool,
    /// Whether a worker sends what it logs.
    pub(crate) forwards_logs: bool,
}

impl WorkerCommand {
    /// This program once more, with these arguments or its own.
    pub(crate) fn new(
        program: (Program, u64),
        arguments: Option<Vec<OsString>>,
        welcome: Welcome,
        (captures_stderr, forwards_logs): (bool, bool),
    ) -> io::Result<Self> {
        let mut own = std::env::args_os();
        let own_name = own.next().unwrap_or_default();
        let (program, build) = program;
        let shown = if program.is_own {
            own_name
        } else {
            program.name.clone().into()
        };
        Ok(Self {
            program,
            shown,
            arguments: arguments.unwrap_or_else(|| own.collect()),
            environment: std::env::vars_os().collect(),
            directory: Directory::current()?,
            build,
            welcome,
            captures_stderr,
            forwards_logs,
        })
    }

    /// The frame that tells a worker that starts at this moment how to work.
    pub(crate) fn welcome_frame(&self) -> Vec<u8> {
        let logs = match self.forwards_logs {
            true => log::max_level(),
            false => LevelFilter::Off,
        };
        let welcome = self.welcome.clone();
        Welcome { logs, ..welcome }.frame()
    }

    /// Starts a worker whose end of the link is `link`, and whose standard error goes there or
    /// where this program's goes.
    pub(crate) fn spawn(
        &self,
        link: OwnedFd,
        stderr: Option<PipeWriter>,
    ) -> Result<Child, SpawnError> {
        let mut command = self.command(link).map_err(SpawnError::Socket)?;
        let entry = self.directory.entry();
        let entry = entry.map_err(|error| {
            let directory = self.directory.name().into();
            SpawnError::Directory { directory, error }
        })?;
        if let Some(directory) = entry {
            command.current_dir(directory);
        }
        if let Some(stderr) = stderr {
            command.stderr(stderr);
        }
        command.spawn().map_err(|error| {
            let program = self.program.name.clone();
            SpawnError::Program { program, error }
        })
    }

    fn command(&self, link: OwnedFd) -> io::Result<Command> {
        let mut command = Command::new(&self.program.path);
        command
            .arg0(&self.shown)
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env(worker_env::VARIABLE, worker_env::value(&link, self.build)?)
            .process_group(0)
            .stdin(link);
        // It prints before it knows that it is a worker, as test programs do.
        if self.welcome.has_output {
            command.stdout(Stdio::null());
        }
        Ok(command)
    }
}

/// Why the system has given no worker.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpawnError {
    #[error("worker process `{}` cannot be started: {error}", program.display())]
    Program { program: PathBuf, error: io::Error },
    #[error("worker process cannot be started in directory `{}`: {error}", directory.display())]
    Directory {
        directory: PathBuf,
        error: io::Error,
    },
    #[error("worker process cannot be started without a link to it: {0}")]
    Socket(io::Error),
    #[error("worker process cannot be started without memory to share with it: {0}")]
    Memory(io::Error),
}
