//! The tasks of this program, found by their keys.
//!
//! Each `#[task]` registers an [`Entry`], in any crate of the program. A worker process has
//! the same entries, since it is the same program, and finds the task that a call names.

use std::sync::OnceLock;

use super::{
    collected,
    entry::{Entry, RegistryError, TaskKey},
};

/// Returns the tasks of this program whose calls can run from bytes, ordered by their keys.
///
/// Tasks with a parameter or a result that is not [`Portable`](crate::Portable) are left
/// out. Does not block.
///
/// # Errors
///
/// [`RegistryError::Clash`], if two tasks have one name.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{prelude::*, remote};
///
/// #[task]
/// fn shout(text: &str) -> String { text.to_uppercase() }
///
/// let tasks = remote::tasks()?;
/// assert!(tasks.iter().any(|entry| entry.name().ends_with("::shout")));
/// # Ok::<(), remote::RegistryError>(())
/// ```
pub fn tasks() -> Result<&'static [&'static Entry], RegistryError> {
    static TASKS: OnceLock<Result<Vec<&'static Entry>, RegistryError>> = OnceLock::new();
    let tasks = TASKS.get_or_init(|| arranged(collected::entries()));
    tasks.as_deref().map_err(Clone::clone)
}

/// Finds the task with this key. Does not block.
///
/// # Errors
///
/// [`RegistryError`] if there is no such task, if the task has another signature, or if two
/// tasks of the program have the same name.
///
/// # Examples
///
/// ```
/// use concurrent_futures::{prelude::*, remote};
///
/// #[task]
/// fn shout(text: &str) -> String { text.to_uppercase() }
///
/// let key = remote::tasks()?[0].key();
/// let entry = remote::find(&key)?;
/// assert_eq!(entry.key(), key);
/// # Ok::<(), remote::RegistryError>(())
/// ```
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

/// The position of a task in `tasks()`, which is the same in each process of the program.
///
/// # Errors
///
/// As [`find`]: the task may be missing, if the linker left it out.
#[cfg(all(unix, feature = "processes"))]
pub(crate) fn index_of(entry: &'static Entry) -> Result<u32, RegistryError> {
    let index = entry.index.get_or_init(|| {
        let tasks = tasks()?;
        let index = tasks.binary_search_by(|other| other.path().cmp(entry.path()));
        let index = index.map_err(|_| RegistryError::Unknown { key: entry.key() })?;
        Ok(u32::try_from(index).expect("a program has fewer than 2^32 tasks"))
    });
    index.clone()
}

/// A hash of the names and signatures of all tasks.
#[cfg(all(unix, feature = "processes"))]
pub(crate) fn fingerprint() -> Result<u64, RegistryError> {
    use std::hash::{DefaultHasher, Hash, Hasher};

    let mut hasher = DefaultHasher::new();
    for entry in tasks()? {
        (entry.path(), entry.signature).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The addresses of the functions that run the tasks.
#[cfg(all(unix, feature = "processes"))]
pub(crate) fn addresses() -> Result<Vec<usize>, RegistryError> {
    let runs = tasks()?.iter().filter_map(|entry| entry.run);
    Ok(runs.map(|run| run as usize).collect())
}

/// Sorts the entries that can run from bytes by their paths, and checks that these are unique.
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

#[cfg(test)]
#[expect(
    unsafe_code,
    reason = "a task of this crate puts its entry into a section"
)]
mod tests {
    use concurrent_futures_macros::task;

    use super::*;
    use crate::{
        portable::Parts,
        task::{
            Remote,
            entry::{Place, RunFn},
            remote,
        },
    };

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
            let text = "two tasks are named `price`, at shop.rs:1:1 and at shop.rs:2:1; \
                        give one of them another `name`";
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
