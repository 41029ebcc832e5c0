//! The folder the files go to, and a safe name in it for every URL.
//!
//! A name keeps only letters, digits, `-`, `_` and `.`, and never starts with
//! a dot, so no URL can point outside the folder. Names differ even where
//! capital letters do not count.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Long enough to be recognised, short enough for every file system.
const LONGEST_NAME: usize = 100;

/// A folder with a name set aside for each URL.
pub(crate) struct Folder {
    path: PathBuf,
    names: HashMap<String, String>,
}

impl Folder {
    /// Opens the folder, or a new one among the temporary files.
    ///
    /// The new folder is left there, for a look at its files.
    pub(crate) fn open(path: Option<PathBuf>, urls: &[String]) -> io::Result<Self> {
        let path = match path {
            Some(path) => path,
            None => tempfile::Builder::new()
                .prefix("download_docs-")
                .tempdir()?
                .keep(),
        };
        fs::create_dir_all(&path)?;
        let names = distinct_names(urls);
        Ok(Self { path, names })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Saves what was downloaded from `url`.
    pub(crate) fn save(&self, url: &str, bytes: &[u8]) -> io::Result<()> {
        let name = self.names.get(url).ok_or(io::ErrorKind::NotFound)?;
        fs::write(self.path.join(name), bytes)
    }
}

/// Numbers the second and every later URL that wants the same name.
fn distinct_names(urls: &[String]) -> HashMap<String, String> {
    let mut taken = HashSet::new();
    let mut names = HashMap::new();
    for url in urls {
        let wanted = safe_name(url);
        let mut name = wanted.clone();
        let mut number = 2;
        while !taken.insert(name.to_lowercase()) {
            name = format!("{number}-{wanted}");
            number += 1;
        }
        names.insert(url.clone(), name);
    }
    names
}

/// `http://localhost/guide/first%20steps.md?v=2` is `guide-first_20steps.md`.
fn safe_name(url: &str) -> String {
    let name: String = path_of(url)
        .chars()
        .map(safe_letter)
        .take(LONGEST_NAME)
        .collect();
    match name.trim_matches(['.', '-']) {
        "" => "index".to_owned(),
        name => name.to_owned(),
    }
}

/// What stands between the host and the query.
fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let address = after_scheme.split(['?', '#']).next().unwrap_or_default();
    address.split_once('/').map_or("", |(_, path)| path)
}

fn safe_letter(letter: char) -> char {
    match letter {
        '/' => '-',
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' => letter,
        _ => '_',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_the_path_and_drops_the_query() {
        let name = safe_name("http://localhost:80/guide/first%20steps.md?v=2#top");

        assert_eq!(name, "guide-first_20steps.md");
    }

    #[test]
    fn a_url_without_a_path_is_the_index() {
        assert_eq!(safe_name("https://docs.rs"), "index");
        assert_eq!(safe_name("https://docs.rs/"), "index");
        assert_eq!(safe_name("https://docs.rs/.."), "index");
    }

    #[test]
    fn no_name_leaves_the_folder() {
        for path in [
            "../../etc/passwd",
            "/etc/passwd",
            "..\\..\\x",
            "%2e%2e/x",
            "a/../../b",
        ] {
            let name = safe_name(&format!("http://localhost/{path}"));

            let parts = Path::new(&name).components().count();
            assert_eq!(parts, 1, "`{path}` became `{name}`");
            assert!(!name.starts_with('.') && !name.contains('\\'));
        }
    }

    #[test]
    fn two_urls_never_share_a_name() {
        let urls = [
            "/a/b", "/a-b", "/A/b", "/2-a-b", "/a/b?c", "/\u{e4}", "/\u{f6}",
        ]
        .map(|path| format!("http://localhost{path}"));

        let names = distinct_names(&urls);

        let distinct: HashSet<_> = names.values().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), urls.len());
    }

    #[test]
    fn a_long_path_gets_a_short_name() {
        let url = format!("http://localhost/{}", "x".repeat(5000));

        assert_eq!(safe_name(&url).len(), LONGEST_NAME);
    }
}
