//! The command that starts a worker: program, arguments, environment and directory, as they were
//! when the pool was made.

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
    wire::{handshake::Welcome, worker_env},
};

/// How all workers of a pool are started.
pub(crate) struct WorkerCommand {
    pub(crate) program: Program,
    /// The name that the system shows for the program.
    shown: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Directory,
    /// The build of this program.
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

    /// The welcome of a worker that starts at this moment.
    pub(crate) fn welcome_frame(&self) -> Vec<u8> {
        let logs = if self.forwards_logs {
            log::max_level()
        } else {
            LevelFilter::Off
        };
        let welcome = self.welcome.clone();
        Welcome { logs, ..welcome }.frame()
    }

    /// Spawns a worker whose end of the connection is `link`. Its standard error is `stderr`, or
    /// that of this program.
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
        // A test program prints before it knows that it is a worker.
        if self.welcome.has_output {
            command.stdout(Stdio::null());
        }
        Ok(command)
    }
}

/// Why a worker could not be spawned.
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
