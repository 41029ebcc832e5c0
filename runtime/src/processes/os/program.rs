//! The file of this program, which its workers are started from.
//!
//! `/proc/self/exe` is that file, though it was replaced or deleted since, with two exceptions. A
//! program that is started through the dynamic loader (`ld.so ./program`) has the loader there,
//! which would take the first argument of a worker for the program. And there may be no `/proc`.
//! The file that is found otherwise is taken only if it has the headers that this program has in
//! memory.

use std::{fs::File, io, path::PathBuf, sync::Arc};
#[cfg(any(target_os = "linux", target_os = "android"))]
use std::{
    os::{fd::AsRawFd, unix::fs::FileExt},
    path::Path,
    sync::OnceLock,
};

#[cfg(any(target_os = "linux", target_os = "android"))]
use super::modules::{self, Module};
use crate::executor::BuildError;

/// The program that is started as a worker.
pub(crate) struct Program {
    /// Its name, for messages.
    pub(crate) name: PathBuf,
    /// The path by which the system finds it.
    pub(crate) path: PathBuf,
    /// Whether it is this program's own file, and not one that the user has named.
    pub(crate) is_own: bool,
    /// Keeps `path` alive, where that leads to a descriptor.
    held: Option<File>,
}

impl Program {
    /// The program that the user has named. It is not checked before it is started.
    pub(crate) fn named(name: PathBuf) -> Self {
        Self {
            path: name.clone(),
            name,
            is_own: false,
            held: None,
        }
    }

    /// This program's own, if it can be started.
    pub(crate) fn own() -> Result<Self, BuildError> {
        let own = find().and_then(|own| own.check().map(|()| own));
        own.map_err(|error| BuildError::ProgramFile(Arc::new(error)))
    }

    /// The name of the file, without its directory.
    pub(crate) fn file_name(&self) -> String {
        let own = std::env::current_exe().ok();
        let path = if self.held.is_some() { None } else { own };
        let path = path.unwrap_or_else(|| self.name.clone());
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    fn at(path: PathBuf) -> Self {
        Self {
            is_own: true,
            ..Self::named(path)
        }
    }

    /// Refuses a file that this program may not execute. Other errors show when it is started.
    fn check(&self) -> io::Result<()> {
        use rustix::{
            fs::{Access, access},
            io::Errno,
        };

        match access(&self.path, Access::EXEC_OK) {
            Err(error @ (Errno::ACCESS | Errno::NOENT)) => {
                let (name, error) = (self.name.display(), io::Error::from(error));
                let text = format!("`{name}` may not be started: {error}");
                Err(io::Error::new(error.kind(), text))
            }
            _ => Ok(()),
        }
    }
}

/// The length of this program's file; zero if it is not found.
pub(crate) fn own_len() -> u64 {
    let len = |own: Program| std::fs::metadata(own.path).map(|file| file.len());
    find().and_then(len).unwrap_or_default()
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn find() -> io::Result<Program> {
    std::env::current_exe().map(Program::at)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn find() -> io::Result<Program> {
    let own = modules::all().into_iter().next();
    let own = own.ok_or_else(|| io::Error::other("its loader does not tell what it has loaded"))?;
    if is_started_by_system(&own) {
        if Path::new(EXE).exists() {
            return Ok(Program::at(EXE.into()));
        }
        let name = rustix::param::linux_execfn().to_string_lossy();
        return held(&own, std::path::absolute(&*name)?);
    }
    match own.start().and_then(mapped_file) {
        Some(file) => held(&own, file),
        // A program that was unpacked into memory has no file; the file that unpacks it is the one
        // to start.
        None => Ok(Program::at(EXE.into())),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const EXE: &str = "/proc/self/exe";

/// Whether the system itself has loaded this program: then it knows the headers that the loader
/// works with. If it does not tell, that is how programs are started.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_started_by_system(own: &Module) -> bool {
    static IS: OnceLock<bool> = OnceLock::new();
    *IS.get_or_init(|| is_known_to_system(own.place))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_known_to_system(headers: usize) -> bool {
    const WORD: usize = size_of::<usize>();

    let auxiliary = std::fs::read("/proc/self/auxv").unwrap_or_default();
    let (words, _) = auxiliary.as_chunks::<WORD>();
    let (entries, _) = words.as_chunks::<2>();
    let mut entries = entries.iter().map(|entry| entry.map(usize::from_ne_bytes));
    let known = entries.find(|[kind, _]| *kind == libc::AT_PHDR as usize);
    known.is_none_or(|[_, place]| place == headers)
}

/// The file that is mapped at this address.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn mapped_file(address: usize) -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    // `start-end rwxp offset device inode      /path`
    let holds = |line: &&str| {
        let range = line
            .split(' ')
            .next()
            .and_then(|range| range.split_once('-'));
        let number = |text| usize::from_str_radix(text, 16).ok();
        let range = range.and_then(|(start, end)| Some(number(start)?..number(end)?));
        range.is_some_and(|range| range.contains(&address))
    };
    let path = maps
        .lines()
        .find(holds)?
        .splitn(6, ' ')
        .nth(5)?
        .trim_start();
    path.starts_with('/').then(|| path.into())
}

/// The program in this file, if it is this one. The file is held open, so that it stays the same.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn held(own: &Module, name: PathBuf) -> io::Result<Program> {
    let in_file =
        |error: io::Error| io::Error::new(error.kind(), format!("`{}`: {error}", name.display()));
    let file = File::open(&name).map_err(in_file)?;
    if !has_headers(&file, own).map_err(in_file)? {
        let name = name.display();
        return Err(io::Error::other(format!(
            "`{name}` is another program by now"
        )));
    }
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    if !path.exists() {
        return Ok(Program::at(name));
    }
    Ok(Program {
        path,
        held: Some(file),
        ..Program::at(name)
    })
}

/// Whether a file has the program headers of this module.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn has_headers(file: &File, own: &Module) -> io::Result<bool> {
    /// Where an ELF file says where its program headers are.
    const PLACE: u64 = if cfg!(target_pointer_width = "64") {
        32
    } else {
        28
    };

    let mut place = [0; size_of::<usize>()];
    file.read_exact_at(&mut place, PLACE)?;
    let mut headers = vec![0; own.headers.len()];
    file.read_exact_at(&mut headers, usize::from_ne_bytes(place) as u64)?;
    Ok(headers == own.headers)
}
