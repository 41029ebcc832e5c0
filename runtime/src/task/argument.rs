//! Arguments for parameters that borrow.
//!
//! A call outlives the statement that makes it, so it owns what the function borrows: a
//! `&str` parameter is a `String` in the call. The helpers of a task accept what the
//! function itself accepts, and convert it: owned values, borrows, and borrows that
//! dereference to them in one step or two, as `&Arc<String>` does.

use std::{
    borrow::Cow,
    ffi::{CStr, CString, OsStr, OsString},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

/// An argument for a parameter of type `&T`, which the call keeps as an `Owned`.
///
/// A borrow is cloned, an owned value is moved. The functions that `#[task]` adds accept:
/// for `&str` a `&str`, `&String`, `String`, `Box<str>`, `Cow<str>` and the like; for `&[T]`
/// slices, vectors and arrays; for `&Path` paths, and strings; for any other `&T` a `T`, or
/// a `&T` if `T` is `Clone`.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn count(words: &[String], wanted: &str) -> usize {
///     words.iter().filter(|word| *word == wanted).count()
/// }
///
/// let pool = ThreadPool::new();
/// let words = ["b", "a", "b"].map(String::from);
/// assert_eq!(count(&words, "b"), 2);
/// assert_eq!(count::submit(&pool, &words, "b").result()?, 2);
/// assert_eq!(count::submit(&pool, words.to_vec(), String::from("a")).result()?, 1);
/// # Ok::<(), TaskError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a call needs a `{Owned}` of its own, which cannot be made from `{Self}`",
    label = "expected a `{Owned}`, or a borrow of one",
    note = "give a `{Owned}`, which is moved, or a borrow of it, which is cloned, if it is `Clone`"
)]
pub trait Argument<T: ?Sized, Owned> {
    #[doc(hidden)]
    fn own(self) -> Owned;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Argument<T, T::Owned> for &T {
    fn own(self) -> T::Owned {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Argument<T, T> for T {
    fn own(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T, const N: usize> Argument<[T], Vec<T>> for [T; N] {
    fn own(self) -> Vec<T> {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone, const N: usize> Argument<[T], Vec<T>> for &[T; N] {
    fn own(self) -> Vec<T> {
        self.to_vec()
    }
}

#[diagnostic::do_not_recommend]
impl<T> Argument<[T], Vec<T>> for Vec<T> {
    fn own(self) -> Vec<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> Argument<[T], Vec<T>> for Box<[T]> {
    fn own(self) -> Vec<T> {
        self.into()
    }
}

/// Arguments that become the owned value with `into`, where a type has such an impl.
macro_rules! owned_by_into {
    ($(<$($generic:ident: $bound:ident)?> $from:ty => $borrowed:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl$(<$generic: $bound>)? Argument<$borrowed, <$borrowed as ToOwned>::Owned> for $from {
            fn own(self) -> <$borrowed as ToOwned>::Owned {
                self.into()
            }
        }
    )*};
}

owned_by_into! {
    <> String => str;
    <> Box<str> => str;
    <> Cow<'_, str> => str;
    <T: Clone> Cow<'_, [T]> => [T];
    <> PathBuf => Path;
    <> Box<Path> => Path;
    <> Cow<'_, Path> => Path;
    <> String => Path;
    <> OsString => Path;
    <> &str => Path;
    <> &OsStr => Path;
    <> &String => Path;
    <> &OsString => Path;
    <> OsString => OsStr;
    <> String => OsStr;
    <> &str => OsStr;
    <> CString => CStr;
}

/// References that the compiler would turn into `&T` by itself where a `&T` is expected.
macro_rules! borrowed_by_deref {
    ($(<$($generic:ident: $bound:ident)?> $from:ty => $borrowed:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl$(<$generic: $bound>)? Argument<$borrowed, <$borrowed as ToOwned>::Owned> for &$from {
            fn own(self) -> <$borrowed as ToOwned>::Owned {
                let borrowed: &$borrowed = self;
                borrowed.to_owned()
            }
        }
    )*};
}

borrowed_by_deref! {
    <> &str => str;
    <> &String => str;
    <> String => str;
    <> Box<str> => str;
    <> Rc<str> => str;
    <> Arc<str> => str;
    <> Rc<String> => str;
    <> Arc<String> => str;
    <> Box<String> => str;
    <> Cow<'_, str> => str;
    <T: Clone> &[T] => [T];
    <T: Clone> &Vec<T> => [T];
    <T: Clone> Rc<Vec<T>> => [T];
    <T: Clone> Arc<Vec<T>> => [T];
    <T: Clone> Cow<'_, [T]> => [T];
    <T: Clone> Vec<T> => [T];
    <T: Clone> Box<[T]> => [T];
    <T: Clone> Rc<[T]> => [T];
    <T: Clone> Arc<[T]> => [T];
    <> &Path => Path;
    <> &PathBuf => Path;
    <> Rc<Path> => Path;
    <> Arc<PathBuf> => Path;
    <> Cow<'_, Path> => Path;
    <> PathBuf => Path;
    <> Box<Path> => Path;
    <> Arc<Path> => Path;
    <> &OsStr => OsStr;
    <> &OsString => OsStr;
    <> Arc<OsStr> => OsStr;
    <> OsString => OsStr;
    <> CString => CStr;
    <T: Clone> &T => T;
    <T: Clone> Box<T> => T;
    <T: Clone> Rc<T> => T;
    <T: Clone> Arc<T> => T;
}
