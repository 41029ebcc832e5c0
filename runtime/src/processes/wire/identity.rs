//! The identity of a program: its build and its tasks; and the version of the protocol.
//!
//! A worker and its parent must be the same build: calls name their task by its place in the
//! registry, and arguments are read as they were written. The build is known by the size of the
//! program's file, by the modules (the program, dynamic libraries) that hold its tasks, and by
//! where the linker put them in these. None of that is read from the sources: another build of the
//! same sources is another build, unless its output is the same.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};

use crate::task::{entry::RegistryError, registry};

/// The version of the protocol. It changes with the meaning of any frame.
pub(crate) const PROTOCOL: u64 = 3;

/// The peer speaks this other version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherVersion(pub(crate) u64);

/// Names one worker of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WorkerId(pub(crate) u32);

/// What a worker tells of itself in its `Hello`.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    build: u64,
    tasks: u64,
}

/// Why a worker cannot work for its parent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BuildMismatch {
    #[error(
        "worker speaks version {theirs} of the protocol, this program version {PROTOCOL}; build both from the same sources",
        theirs = .0.0
    )]
    Protocol(OtherVersion),
    #[error("worker is another build of the program; use the very same file")]
    Build,
    #[error("worker has other tasks than this program; use the very same file")]
    Tasks,
}

impl Identity {
    /// The identity of this process.
    pub(crate) fn of_this_program() -> Result<Self, RegistryError> {
        static OWN: OnceLock<Result<Identity, RegistryError>> = OnceLock::new();
        let own = OWN.get_or_init(|| {
            Ok(Self {
                build: build()?,
                tasks: registry::fingerprint()?,
            })
        });
        own.clone()
    }

    /// A hash of all of it.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    #[cfg(all(test, not(loom)))]
    pub(crate) fn of_numbers([build, tasks]: [u64; 2]) -> Self {
        Self { build, tasks }
    }

    /// Checks that a worker with the identity `theirs` can work for this program.
    pub(crate) fn check(&self, theirs: &Self) -> Result<(), BuildMismatch> {
        if theirs.tasks != self.tasks {
            return Err(BuildMismatch::Tasks);
        }
        if theirs.build != self.build {
            return Err(BuildMismatch::Build);
        }
        Ok(())
    }
}

fn build() -> Result<u64, RegistryError> {
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    PROTOCOL.hash(&mut hasher);
    size_of::<usize>().hash(&mut hasher);
    let here = Identity::of_this_program as fn() -> _;
    hash_places(here as usize, registry::addresses()?, &mut hasher);
    Ok(hasher.finish())
}

/// Hashes where this code and the tasks lie: in which builds of which modules, and where in these.
/// Modules are loaded at other addresses, and other distances, with each start.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hash_places(here: usize, mut tasks: Vec<usize>, hasher: &mut impl Hasher) {
    use crate::processes::os::modules::{self, Module};

    let modules = modules::all();
    tasks.push(here);
    modules::locate(&modules, &tasks).hash(hasher);
    if !modules.first().is_some_and(Module::has_build_id) {
        crate::processes::os::program::own_len().hash(hasher);
    }
}

/// Hashes how far apart this code and the tasks lie. Only within one module this is the same with
/// each start.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn hash_places(here: usize, tasks: Vec<usize>, hasher: &mut impl Hasher) {
    let distances = tasks.into_iter().map(|task| task.wrapping_sub(here));
    distances.for_each(|distance| distance.hash(hasher));
    crate::processes::os::program::own_len().hash(hasher);
}
