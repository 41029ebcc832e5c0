//! What the helpers of a task take for a parameter that borrows.
//!
//! A call outlives the statement that makes it, so it owns what the function
//! borrows: a `&str` parameter is a `String` in the call. Whatever the function
//! itself takes there, its helpers take as well, and make the owned value of it.

use std::{
    borrow::Cow,
    ffi::{CStr, CString, OsStr, OsString},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

/// What can be given for a parameter of type `&T`: a borrow, which is cloned, or an
/// owned value, which is moved.
///
/// The functions that `#[task]` adds take it: for `&str` a `&str`, `&String`, `String`,
/// `Box<str>`, `Cow<str>` and the like; for `&[T]` slices, vectors and arrays; for `&Path`
/// paths and, since they are mostly written as such, strings; for another `&T`
/// a `T` or `&T`.
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
    message = "`{Self}` is no argument for a parameter of type `&{T}`",
    label = "expected `&{T}`, or an owned value of it",
    note = "a call owns its arguments: give `&{T}`, which is cloned, or what `&{T}` borrows from, which is moved"
)]
pub trait Argument<T: ToOwned + ?Sized> {
    #[doc(hidden)]
    fn own(self) -> T::Owned;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned + ?Sized> Argument<T> for &T {
    fn own(self) -> T::Owned {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Argument<T> for T {
    fn own(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone, const N: usize> Argument<[T]> for [T; N] {
    fn own(self) -> Vec<T> {
        self.into()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone, const N: usize> Argument<[T]> for &[T; N] {
    fn own(self) -> Vec<T> {
        self.to_vec()
    }
}

/// Arguments that become the owned value with `into`, where a type has such an impl.
macro_rules! owned_by_into {
    ($(<$($generic:ident: $bound:ident)?> $from:ty => $borrowed:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl$(<$generic: $bound>)? Argument<$borrowed> for $from {
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
    <T: Clone> Vec<T> => [T];
    <T: Clone> Box<[T]> => [T];
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
        impl$(<$generic: $bound>)? Argument<$borrowed> for &$from {
            fn own(self) -> <$borrowed as ToOwned>::Owned {
                let borrowed: &$borrowed = self;
                borrowed.to_owned()
            }
        }
    )*};
}

borrowed_by_deref! {
    <> &str => str;
    <> String => str;
    <> Box<str> => str;
    <> Rc<str> => str;
    <> Arc<str> => str;
    <> Cow<'_, str> => str;
    <T: Clone> &[T] => [T];
    <T: Clone> Vec<T> => [T];
    <T: Clone> Box<[T]> => [T];
    <T: Clone> Rc<[T]> => [T];
    <T: Clone> Arc<[T]> => [T];
    <> &Path => Path;
    <> PathBuf => Path;
    <> Box<Path> => Path;
    <> Arc<Path> => Path;
    <> &OsStr => OsStr;
    <> OsString => OsStr;
    <> CString => CStr;
    <T: Clone> &T => T;
    <T: Clone> Box<T> => T;
    <T: Clone> Rc<T> => T;
    <T: Clone> Arc<T> => T;
}
