//! Where sources lie on this machine, crate by crate.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What cargo leaves in a folder that it can make again.
const MADE_BY_CARGO: &str = "CACHEDIR.TAG";

/// The sources of one crate.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) files: Vec<PathBuf>,
}

/// The crates that cargo has unpacked on this machine; if there is none, those of this workspace.
pub(crate) fn of_this_machine() -> io::Result<Vec<Crate>> {
    let mut crates = Vec::new();
    // One folder for each registry, be it the usual one or a mirror.
    let unpacked = cargo_home().map(|home| home.join("registry").join("src"));
    for registry in unpacked.map_or(Ok(Vec::new()), |folder| folders_in(&folder))? {
        crates.extend(in_folder(&registry)?);
    }
    if crates.is_empty() {
        crates = in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    }
    Ok(crates)
}

/// Each folder in this one as a crate, if there are sources in it.
pub(crate) fn in_folder(folder: &Path) -> io::Result<Vec<Crate>> {
    let mut crates = Vec::new();
    for folder in folders_in(folder)? {
        let name = folder.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        let mut files = Vec::new();
        add_sources(&folder, &mut files)?;
        if !files.is_empty() {
            crates.push(Crate { name, files });
        }
    }
    Ok(crates)
}

/// Where cargo keeps what it downloads, as it finds that itself.
fn cargo_home() -> Option<PathBuf> {
    let told = env::var_os("CARGO_HOME").map(PathBuf::from);
    told.or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// The folders in this one, in the order of their names; none if there is no such folder.
fn folders_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        entries => {
            for entry in entries? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    found.push(entry.path());
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Adds what lies in a folder and in those inside of it. Follows no links, which might lead in
/// circles.
fn add_sources(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    if entries
        .iter()
        .any(|entry| entry.file_name() == MADE_BY_CARGO)
    {
        return Ok(());
    }
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            add_sources(&path, files)?;
        } else if kind.is_file() && path.extension() == Some(OsStr::new("rs")) {
            files.push(path);
        }
    }
    Ok(())
}
