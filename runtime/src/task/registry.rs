//! The tasks of this program, found by their keys.
//!
//! Each `#[task]` puts an [`Entry`] where the linker collects them, in whichever
//! crate it stands. A worker process has the same entries, since it is the same
//! program, and finds the task that a call names:
//!
//! ```text
//!   key = name, if it was given one     else path @ file:line:column
//!         + signature: parameters and result, as they were written
//! ```
//!
//! The path is that of the call's type, which tells apart what `module_path!`
//! does not: two tasks of one name in two functions of a module.

use std::{
    borrow::Cow,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::collected;
use crate::{error::TaskError, portable::Parts};

/// What a program knows of one of its tasks that can run from bytes.
pub struct Entry {
    name: &'static str,
    has_own_name: bool,
    type_name: fn() -> &'static str,
    place: Place,
    signature: u64,
    run: Option<RunFn>,
    /// What finds the entry, once somebody has asked.
    path: OnceLock<String>,
    /// Where it stands among the others, once somebody has asked.
    index: OnceLock<Result<u32, RegistryError>>,
}

/// Runs a call from the bytes of its arguments.
pub type RunFn = fn(&[u8], &mut Parts) -> Result<(), TaskError>;

/// Where in the sources something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as the compiler was given it.
    pub file: &'static str,
    /// The line, from one.
    pub line: u32,
    /// The column, from one.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Names a task wherever the program runs.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{prelude::*, remote};
///
/// #[task(name = "store.price")]
/// fn price(articles: u32) -> u32 { articles * 3 }
///
/// let entry = remote::tasks()?.iter().find(|entry| entry.name() == "store.price");
/// let key = entry.expect("the task is in this program").key();
/// assert_eq!(key.to_string(), "store.price");
/// assert_eq!(remote::find(&key)?.name(), "store.price");
/// # Ok::<(), remote::RegistryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    path: Cow<'static, str>,
    signature: u64,
}

/// Why a task is not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two tasks of this program have one name.
    #[error(
        "two tasks are named `{name}`, at {first} and at {second}; give one of them another `name`"
    )]
    Clash {
        /// The name.
        name: String,
        /// Where one of them stands.
        first: Place,
        /// Where the other one stands.
        second: Place,
    },
    /// This program has no such task.
    #[error(
        "no task `{key}` in this program; link its crate, and give it a `name` if the programs are different builds"
    )]
    Unknown {
        /// What was looked for.
        key: TaskKey,
    },
    /// The task takes or returns something else than the call's.
    #[error(
        "task `{key}` has another signature in this program; build both programs from the same sources"
    )]
    Changed {
        /// What was looked for.
        key: TaskKey,
    },
}

/// The tasks of this program whose calls can run from bytes, ordered by their keys.
///
/// Tasks with a parameter or a result that is not [`Portable`](crate::Portable) are not
/// among them. Does not block.
///
/// # Errors
///
/// [`RegistryError::Clash`], if two tasks have one name.
pub fn tasks() -> Result<&'static [&'static Entry], RegistryError> {
    static TASKS: OnceLock<Result<Vec<&'static Entry>, RegistryError>> = OnceLock::new();
    let tasks = TASKS.get_or_init(|| arranged(collected::entries()));
    tasks.as_deref().map_err(Clone::clone)
}

/// Finds the task with this key. Does not block.
///
/// # Errors
///
/// [`RegistryError`] says whether there is none, or one of another signature, or two tasks
/// of one name, whichever it is.
pub fn find(key: &TaskKey) -> Result<&'static Entry, RegistryError> {
    let tasks = tasks()?;
    let index = tasks.binary_search_by(|entry| entry.path().cmp(&key.path));
    let entry = index.map(|index| tasks[index]);
    match entry {
        Ok(entry) if entry.signature == key.signature => Ok(entry),
        Ok(_) => Err(RegistryError::Changed { key: key.clone() }),
        Err(_) => Err(RegistryError::Unknown { key: key.clone() }),
    }
}

/// Where a task stands among those of this program; the same program gives the same answer.
///
/// # Errors
///
/// As [`find`]: it may not be there at all, if the linker left it out.
pub(crate) fn index_of(entry: &'static Entry) -> Result<u32, RegistryError> {
    let index = entry.index.get_or_init(|| {
        let tasks = tasks()?;
        let index = tasks.binary_search_by(|other| other.path().cmp(entry.path()));
        let index = index.map_err(|_| RegistryError::Unknown { key: entry.key() })?;
        Ok(u32::try_from(index).expect("a program has fewer than 2^32 tasks"))
    });
    index.clone()
}

/// A number that differs where the names or signatures of two programs' tasks do.
pub(crate) fn fingerprint() -> Result<u64, RegistryError> {
    let mut hasher = DefaultHasher::new();
    for entry in tasks()? {
        (entry.path(), entry.signature).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Where the linker put each task.
pub(crate) fn addresses() -> Result<Vec<usize>, RegistryError> {
    let runs = tasks()?.iter().filter_map(|entry| entry.run);
    Ok(runs.map(|run| run as usize).collect())
}

/// The entries that can run, ordered by their paths, of which no two are the same.
fn arranged(
    entries: impl Iterator<Item = &'static Entry>,
) -> Result<Vec<&'static Entry>, RegistryError> {
    let mut entries: Vec<_> = entries.filter(|entry| entry.run.is_some()).collect();
    entries.sort_by_key(|entry| (entry.path(), entry.place));
    let clash = entries
        .windows(2)
        .find(|two| two[0].path() == two[1].path());
    match clash {
        None => Ok(entries),
        Some(two) => Err(RegistryError::Clash {
            name: two[0].name.to_owned(),
            first: two[0].place,
            second: two[1].place,
        }),
    }
}

impl Entry {
    /// An entry, as the code behind `#[task]` makes it.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        (name, has_own_name): (&'static str, bool),
        type_name: fn() -> &'static str,
        place: Place,
        signature: u64,
        run: Option<RunFn>,
    ) -> Self {
        Self {
            name,
            has_own_name,
            type_name,
            place,
            signature,
            run,
            path: OnceLock::new(),
            index: OnceLock::new(),
        }
    }

    /// The task's name, as in [`Task::name`](crate::Task::name).
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the task stands in the sources.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// The key that finds the task in another run of the program, or in another build
    /// if the task was given a name.
    #[must_use]
    pub fn key(&'static self) -> TaskKey {
        TaskKey {
            path: self.path().into(),
            signature: self.signature,
        }
    }

    fn path(&self) -> &str {
        self.path.get_or_init(|| match self.has_own_name {
            true => self.name.to_owned(),
            false => format!("{}@{}", (self.type_name)(), self.place),
        })
    }

    /// Runs a call on this thread, from the bytes of its arguments to those of its result.
    ///
    /// They are what a remote executor was given for the call, as
    /// [`Part::to_vec`](crate::remote::Part::to_vec) puts it together. Blocks as the task does.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] that [`is_decode`](TaskError::is_decode) if these are no arguments of the
    /// task, [`is_panicked`](TaskError::is_panicked) if it panics, and
    /// [`is_encode`](TaskError::is_encode) if its result cannot be written.
    /// An `Err` that the task returns is a result.
    pub fn run(&self, arguments: &[u8]) -> Result<Vec<u8>, TaskError> {
        let mut parts = Parts::new();
        self.run_into(arguments, &mut parts)?;
        let result = parts.iter().next();
        Ok(result.expect("a call that ran has one result").to_vec())
    }
}

impl Entry {
    /// Runs a call as [`run`](Self::run) does; adds its result to `parts`, as one part.
    pub(crate) fn run_into(&self, arguments: &[u8], parts: &mut Parts) -> Result<(), TaskError> {
        let run = self
            .run
            .expect("an entry that cannot run is not registered");
        run(arguments, parts).map_err(|error| error.of_task(self.name))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("place", &format_args!("{}", self.place))
            .finish_non_exhaustive()
    }
}

impl TaskKey {
    /// A number that tells apart what tasks take and return, as it is written there.
    ///
    /// A type that has changed under the same name is not noticed.
    #[must_use]
    pub fn signature(&self) -> u64 {
        self.signature
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl Serialize for TaskKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.path, self.signature).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TaskKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (path, signature) = Deserialize::deserialize(deserializer)?;
        Ok(Self { path, signature })
    }
}

#[cfg(test)]
#[expect(
    unsafe_code,
    reason = "a task of this crate puts its entry into a section"
)]
mod tests {
    use concurrent_futures_macros::task;

    use super::*;
    use crate::task::{Remote, remote};

    #[task(crate = crate)]
    fn double(n: u64) -> u64 {
        n * 2
    }

    #[task(crate = crate, name = "registry.shout")]
    fn shout(text: &str) -> String {
        text.to_uppercase()
    }

    /// What a call gives, run from its bytes by the task that its key finds.
    fn found<T: Remote>(call: T) -> T::Output {
        let mut parts = Parts::new();
        remote::encode(call, &mut parts).unwrap();
        let entry = find(&T::entry().key()).unwrap();
        let answer = entry.run(&parts.iter().next().unwrap().to_vec());
        remote::decode_output::<T>(&answer.unwrap()).unwrap()
    }

    /// An entry that never runs, of this name and in this line.
    const fn entry(name: &'static str, line: u32, run: Option<RunFn>) -> Entry {
        let (file, column) = ("shop.rs", 1);
        let place = Place { file, line, column };
        Entry::new((name, true), || "shop", place, 0, run)
    }

    const RUN: Option<RunFn> = Some(remote::run::<double>);
    static FIRST: Entry = entry("price", 1, RUN);
    static SECOND: Entry = entry("price", 2, RUN);
    static THIRD: Entry = entry("price", 3, RUN);
    static LOCAL: Entry = entry("price", 4, None);
    static OTHER: Entry = entry("offer", 5, RUN);

    #[test]
    fn tasks_are_found_by_their_keys() {
        assert_eq!(found(double::new(21)), 42);
        assert_eq!(found(shout::new("hey")), "HEY");
    }

    #[test]
    fn a_clash_names_the_first_two_places_in_whatever_order_they_are_linked() {
        let orders = [
            [&FIRST, &SECOND, &THIRD, &OTHER],
            [&THIRD, &OTHER, &SECOND, &FIRST],
        ];

        for order in orders {
            let clash = arranged(order.into_iter()).unwrap_err();
            let text = "two tasks are named `price`, at shop.rs:1:1 and at shop.rs:2:1; give one of them another `name`";
            assert_eq!(clash.to_string(), text);
        }
    }

    #[test]
    fn what_cannot_run_from_bytes_clashes_with_nothing() {
        let tasks = arranged([&LOCAL, &FIRST, &OTHER].into_iter()).unwrap();

        let lines: Vec<_> = tasks.iter().map(|entry| entry.place().line).collect();
        assert_eq!(lines, [5, 1]);
    }
}
