//! The tasks of a program: listed, found by their keys, whichever crate or function they stand in.

use concurrent_futures::{
    Remote,
    remote::{self, Entry, RegistryError, TaskKey},
    task,
};
use serde_json::json;
use tests::{
    bytes_of,
    elsewhere::{entry_of, shout, triple},
    run,
};

use crate::tasks::{add, answer, double};

mod inner {
    use concurrent_futures::task;

    #[task]
    pub(super) fn halve(n: u64) -> u64 {
        n / 2
    }
}

/// Makes a task, or two, as other people's macros may.
macro_rules! constants {
    ($($name:ident = $value:literal;)*) => {$(
        #[task]
        fn $name() -> u64 {
            $value
        }
    )*};
}

constants! { one = 1; two = 2; }

/// The entries of two tasks that have one name.
fn in_one_function() -> &'static Entry {
    #[task]
    fn local(n: u64) -> u64 {
        n + 1
    }
    entry_of::<local>()
}

fn in_another_function() -> [&'static Entry; 3] {
    let inner = {
        #[task]
        fn local(n: u64) -> u64 {
            n + 2
        }
        entry_of::<local>()
    };
    let other = {
        #[task]
        fn local(n: u64) -> u64 {
            n + 3
        }
        entry_of::<local>()
    };
    struct Owner;
    impl Owner {
        fn entry() -> &'static Entry {
            #[task]
            fn local(n: u64) -> u64 {
                n + 4
            }
            entry_of::<local>()
        }
    }
    [inner, other, Owner::entry()]
}

/// What a task answers, found by the key of its call and run from its bytes.
fn found<T: Remote>(call: T) -> Vec<u8> {
    let key = entry_of::<T>().key();
    remote::find(&key).unwrap().run(&bytes_of(call)).unwrap()
}

fn number(answer: &[u8]) -> u64 {
    let (len, head) = answer.split_first_chunk().unwrap();
    assert_eq!(u64::from_le_bytes(*len), head.len() as u64);
    postcard::from_bytes(head).unwrap()
}

fn key_of(path: &str, signature: u64) -> TaskKey {
    serde_json::from_value(json!([path, signature])).unwrap()
}

#[test]
fn a_task_is_found_wherever_it_stands() {
    let answers = [
        found(double::new(21)),
        found(answer::new()),
        found(triple::new(14)),
        found(inner::halve::new(84)),
        found(one::new()),
        found(two::new()),
    ];

    assert_eq!(
        answers.map(|answer| number(&answer)),
        [42, 42, 42, 42, 1, 2]
    );
}

#[test]
fn two_of_one_name_in_two_functions_are_two() {
    let [a, b, c] = in_another_function();
    let entries = [in_one_function(), a, b, c];
    #[task]
    fn local(n: u64) -> u64 {
        n
    }
    let bytes = bytes_of(local::new(10));

    let run = |entry: &'static Entry| remote::find(&entry.key()).unwrap().run(&bytes).unwrap();
    let answers = entries.map(|entry| number(&run(entry)));

    assert_eq!(answers, [11, 12, 13, 14]);
}

#[test]
fn the_tasks_are_listed_in_the_order_of_their_keys_each_once() {
    let tasks = remote::tasks().unwrap();

    let keys: Vec<_> = tasks.iter().map(|entry| entry.key().to_string()).collect();
    assert!(keys.is_sorted_by(|left, right| left < right), "{keys:?}");
    let names = [
        "contract::tasks::double",
        "tests::elsewhere::triple",
        "tests.shout",
    ];
    for name in names {
        let count = tasks.iter().filter(|entry| entry.name() == name).count();
        assert_eq!(count, 1, "{name}");
    }
}

#[test]
fn each_task_is_found_by_its_key() {
    let tasks = remote::tasks().unwrap();

    for entry in tasks {
        let found = remote::find(&entry.key()).unwrap();
        assert!(std::ptr::eq(found, *entry), "{entry:?}");
    }
}

#[test]
fn the_key_of_a_task_is_its_path_and_its_place() {
    let line = line!() + 1;
    #[task]
    fn local() {}
    let entry = entry_of::<local>();

    let (file, path) = (
        file!(),
        "contract::bytes::registry::the_key_of_a_task_is_its_path_and_its_place",
    );
    let key = format!("{path}::local@{file}:{line}:5");
    assert_eq!(entry.key().to_string(), key);
    assert_eq!((entry.place().file, entry.place().line), (file, line));
    assert_eq!(entry.name(), "contract::bytes::registry::local");
}

#[test]
fn the_key_of_a_task_with_a_name_of_its_own_is_that_name() {
    let entry = entry_of::<shout>();

    assert_eq!(
        (entry.key().to_string(), entry.name()),
        ("tests.shout".into(), "tests.shout")
    );
}

#[test]
fn an_entry_is_shown_by_its_name_and_place() {
    let shown = format!("{:?}", entry_of::<triple>());

    assert!(shown.contains("tests::elsewhere::triple"), "{shown}");
    assert!(shown.contains("elsewhere.rs:"), "{shown}");
}

#[test]
fn a_key_goes_through_bytes_and_text_unchanged() {
    let keys = [entry_of::<shout>(), entry_of::<double>()].map(Entry::key);

    for key in keys {
        let text = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<TaskKey>(&text).unwrap(), key);
        let bytes = postcard::to_stdvec(&key).unwrap();
        assert_eq!(postcard::from_bytes::<TaskKey>(&bytes).unwrap(), key);
        remote::find(&key).unwrap();
    }
}

#[test]
fn a_task_that_is_not_there_is_unknown() {
    let key = key_of("no.such.task", 7);

    let error = remote::find(&key).unwrap_err();

    assert!(matches!(&error, RegistryError::Unknown { key: asked, .. } if *asked == key));
    let text = "no task `no.such.task` in this program; link its crate, and give it a `name` if the programs are different builds";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_task_of_another_signature_is_changed() {
    let key = entry_of::<shout>().key();
    let key = key_of("tests.shout", key.signature() ^ 1);

    let error = remote::find(&key).unwrap_err();

    assert!(matches!(&error, RegistryError::Changed { key: asked, .. } if *asked == key));
    let text = "task `tests.shout` has another signature in this program; build both programs from the same sources";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_signature_tells_apart_what_is_taken_and_returned() {
    mod taking_more {
        #[concurrent_futures::task]
        pub(super) fn add(left: u64, right: u64, more: u64) -> u64 {
            left + right + more
        }
    }
    mod returning_less {
        #[concurrent_futures::task]
        pub(super) fn add(left: u64, right: u64) -> u32 {
            (left + right) as u32
        }
    }
    mod written_alike {
        #[concurrent_futures::task]
        pub(super) fn add(
            left: u64, //
            right: u64,
        ) -> u64 {
            left * right
        }
    }
    let signature = |entry: &'static Entry| entry.key().signature();

    let own = signature(entry_of::<add>());

    assert_ne!(signature(entry_of::<taking_more::add>()), own);
    assert_ne!(signature(entry_of::<returning_less::add>()), own);
    assert_eq!(signature(entry_of::<written_alike::add>()), own);
}

#[test]
fn two_tasks_of_one_given_name_are_an_error_that_names_both_places() {
    let ended = run(env!("CARGO_BIN_EXE_two_of_one_name"), "", &[]);

    let file = "tests/src/bin/two_of_one_name.rs";
    let text = format!(
        "3 2\ntwo tasks are named `shop.price`, at {file}:7:1 and at {file}:12:1; give one of them another `name`\n"
    );
    assert_eq!(
        (ended.printed, ended.code),
        (text, Some(0)),
        "{}",
        ended.complaints
    );
}

#[test]
fn a_program_finds_its_tasks_and_those_of_its_libraries() {
    let ended = run(env!("CARGO_BIN_EXE_finds_tasks"), "", &[]);

    assert_eq!(ended.code, Some(0), "{}", ended.complaints);
}
