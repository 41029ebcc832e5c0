//! What a function takes for a borrow, its helpers take as well.

#![deny(warnings)]

use std::{
    borrow::Cow,
    collections::HashMap,
    ffi::{CStr, OsStr, OsString},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use concurrent_futures::prelude::*;

#[task]
fn text(text: &str) -> usize {
    text.len()
}

#[task]
fn slice(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

#[task]
fn path(path: &Path) -> usize {
    path.components().count()
}

#[task]
fn system_text(text: &OsStr, other: &CStr) -> usize {
    text.len() + other.to_bytes().len()
}

#[task]
fn other(numbers: &HashMap<u64, String>) -> usize {
    numbers.len()
}

/// Cannot be cloned, and need not be.
struct Once(String);

#[task]
fn once(first: &Once, all: &[Once]) -> usize {
    first.0.len() + all.len()
}

fn main() -> Result<(), TaskError> {
    let make = || Once("a".to_owned());
    assert_eq!(once::submit(&Inline, make(), [make()]).result()?, 2);
    assert_eq!(once::starmap(&Inline, [(make(), vec![make()])]).into_vec()?, [2]);
    texts()?;
    slices()?;
    paths()?;
    assert_eq!(system_text::submit(&Inline, "a", c"b").result()?, 2);
    assert_eq!(system_text::submit(&Inline, OsString::from("a"), c"b".to_owned()).result()?, 2);
    let map = HashMap::from([(1, String::new())]);
    assert_eq!(other::submit(&Inline, &map).result()?, 1);
    assert_eq!(other::submit(&Inline, &Arc::new(map.clone())).result()?, 1);
    assert_eq!(other::submit(&Inline, map).result()?, 1);
    Ok(())
}

fn texts() -> Result<(), TaskError> {
    let owned = String::from("a");
    let futures = [
        text::submit(&Inline, "a"),
        text::submit(&Inline, &"a"),
        text::submit(&Inline, &owned),
        text::submit(&Inline, &owned[..]),
        text::submit(&Inline, owned.clone()),
        text::submit(&Inline, owned.clone().into_boxed_str()),
        text::submit(&Inline, &owned.clone().into_boxed_str()),
        text::submit(&Inline, Cow::Borrowed("a")),
        text::submit(&Inline, &Cow::Borrowed("a")),
        text::submit(&Inline, &Rc::<str>::from("a")),
        text::submit(&Inline, &Arc::<str>::from("a")),
    ];
    for future in futures {
        assert_eq!(future.result()?, 1);
    }
    assert_eq!(text::map(&Inline, ["a", "bb"]).into_vec()?, [1, 2]);
    assert_eq!(text::map(&Inline, &[owned.clone()]).into_vec()?, [1]);
    assert_eq!(text::map(&Inline, vec![owned]).into_vec()?, [1]);
    assert_eq!(text::starmap(&Inline, [("a",)]).into_vec()?, [1]);
    Ok(())
}

fn slices() -> Result<(), TaskError> {
    let owned = vec![1, 2];
    let futures = [
        slice::submit(&Inline, [1, 2]),
        slice::submit(&Inline, &[1, 2]),
        slice::submit(&Inline, &owned),
        slice::submit(&Inline, &owned[..]),
        slice::submit(&Inline, owned.clone()),
        slice::submit(&Inline, owned.clone().into_boxed_slice()),
        slice::submit(&Inline, Cow::Borrowed(&owned[..])),
        slice::submit(&Inline, &Arc::<[u64]>::from(owned.clone())),
    ];
    for future in futures {
        assert_eq!(future.result()?, 3);
    }
    Ok(())
}

fn paths() -> Result<(), TaskError> {
    let owned = PathBuf::from("a/b");
    let futures = [
        path::submit(&Inline, "a/b"),
        path::submit(&Inline, String::from("a/b")),
        path::submit(&Inline, &String::from("a/b")),
        path::submit(&Inline, Path::new("a/b")),
        path::submit(&Inline, &owned),
        path::submit(&Inline, owned.clone()),
        path::submit(&Inline, owned.into_boxed_path()),
        path::submit(&Inline, OsStr::new("a/b")),
    ];
    for future in futures {
        assert_eq!(future.result()?, 2);
    }
    Ok(())
}
