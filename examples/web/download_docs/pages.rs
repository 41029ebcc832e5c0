//! What the local web server serves: the sources and texts of the workspace.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const KINDS: [&str; 3] = ["md", "rs", "toml"];
const MOST_PAGES: usize = 60;

/// Pages by their path, such as `/runtime/src/lib.rs`.
pub(crate) struct Pages {
    by_path: BTreeMap<String, Vec<u8>>,
}

impl Pages {
    /// Reads the files of the workspace this example was built in.
    pub(crate) fn of_this_workspace() -> io::Result<Self> {
        let root = Path::new(WORKSPACE).canonicalize()?;
        let mut files = Vec::new();
        collect_files(&root, &mut files)?;
        files.sort();
        let pages = files.iter().filter_map(|file| read_page(&root, file));
        let by_path = pages.take(MOST_PAGES).collect::<io::Result<_>>()?;
        Ok(Self { by_path })
    }

    /// The paths of all pages, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.by_path.keys().map(String::as_str)
    }

    /// The page at that path, if there is one.
    pub(crate) fn get(&self, path: &str) -> Option<&[u8]> {
        self.by_path.get(path).map(Vec::as_slice)
    }
}

/// Walks the folder, past the build folder, hidden ones and links.
fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let kind = entry.file_type()?;
        if kind.is_dir() && name != "target" && !name.to_string_lossy().starts_with('.') {
            collect_files(&entry.path(), files)?;
        } else if kind.is_file() && has_known_kind(&entry.path()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn has_known_kind(file: &Path) -> bool {
    let extension = file.extension().and_then(OsStr::to_str);
    extension.is_some_and(|extension| KINDS.contains(&extension))
}

/// The file with its path in a URL; none if a URL could not spell it.
fn read_page(root: &Path, file: &Path) -> Option<io::Result<(String, Vec<u8>)>> {
    let relative = file.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    if !relative.chars().all(is_plain) {
        return None;
    }
    Some(fs::read(file).map(|bytes| (format!("/{relative}"), bytes)))
}
