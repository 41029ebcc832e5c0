//! Long texts on their way to the parent: whole up to a limit, and beyond it they say where they
//! were cut.

use std::{
    fmt,
    panic::{Location, resume_unwind},
};

use concurrent_futures::{PortableError, ProcessPool, TaskError, task};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use tests::{Soon, far::Death};

use crate::kit::{made, pool};

/// The most that is told of a text.
const LONGEST: usize = 1 << 20;

/// `bytes` bytes that tell where they stand.
fn noise(bytes: usize) -> String {
    let digits = (b'0'..=b'9').cycle().map(char::from);
    digits.take(bytes).collect()
}

/// The text is that of `noise`, whole or cut after the limit.
#[track_caller]
fn assert_told(text: &str, bytes: usize) {
    if bytes <= LONGEST {
        assert!(text.ends_with(&noise(bytes)), "{} bytes", text.len());
        return;
    }
    let (kept, said) = text.rsplit_once('…').expect("it says that it was cut");
    assert!(kept.len() >= LONGEST, "{}", kept.len());
    assert!(said.starts_with(" (cut; ") && said.ends_with(" bytes in all)"));
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    let all: usize = digits.parse().expect("it says how long it was");
    assert!((bytes..bytes + 200).contains(&all), "{said}");
}

const LENGTHS: [usize; 4] = [100, 40 << 10, LONGEST - 200, 3 << 20];

/// Panics with `bytes` bytes, which no hook prints.
#[task]
fn panic_long(bytes: usize) {
    resume_unwind(Box::new(noise(bytes)))
}

#[test]
fn a_panic_message_is_whole_up_to_a_limit_and_then_says_so() {
    let pool = pool(1);

    for bytes in LENGTHS {
        let error = panic_long::submit(&pool, bytes).soon().unwrap_err();

        assert!(error.is_panicked());
        assert_told(error.message().unwrap(), bytes);
    }
}

#[test]
fn a_long_message_fits_into_the_shortest_frames() {
    let pool = made(ProcessPool::builder().workers(1).max_frame(64));

    let error = panic_long::submit(&pool, 3 << 20).soon().unwrap_err();

    let message = error.message().unwrap();
    let end = "… (cut; 3,145,728 bytes in all)";
    assert_eq!(message, format!("{}{end}", noise(LONGEST)));
}

/// Refuses to be written or read, with a text of that number of words.
struct Wordy(usize);

impl Serialize for Wordy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            0 => serializer.serialize_u8(0),
            bytes => Err(ser::Error::custom(noise(bytes))),
        }
    }
}

impl<'de> Deserialize<'de> for Wordy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::deserialize(deserializer)?;
        Err(de::Error::custom("never"))
    }
}

#[task]
fn refuse(bytes: usize) -> Wordy {
    Wordy(bytes)
}

#[test]
fn the_words_of_a_value_that_is_not_written_are_whole_up_to_a_limit() {
    let pool = pool(1);

    for bytes in LENGTHS {
        let error = refuse::submit(&pool, bytes).soon().map(drop).unwrap_err();

        assert!(error.is_encode(), "{}", error.kind());
        assert_told(&error.to_string(), bytes);
    }
}

/// An error of that number of words, which is its own cause.
#[derive(Debug)]
struct Long(usize);

impl fmt::Display for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&noise(self.0))
    }
}

impl std::error::Error for Long {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self)
    }
}

#[task]
fn fail(bytes: usize) -> Result<(), PortableError> {
    Err(Long(bytes))?
}

#[test]
fn an_error_that_a_task_returns_is_whole_and_says_where_its_causes_were_cut() {
    let pool = pool(1);

    let failure = fail::submit(&pool, 3 << 20).try_result().unwrap_err();
    assert_eq!(failure.to_string(), noise(3 << 20));

    let error = PortableError::from(Long(3));
    let first: &dyn std::error::Error = &error;
    let texts = std::iter::successors(Some(first), |error| error.source());
    let texts: Vec<String> = texts.map(ToString::to_string).collect();
    assert_eq!(texts.len(), 64);
    assert!(texts[..63].iter().all(|text| text == "012"));
    assert_eq!(texts[63], "… (cut; there are more causes)");
}

#[task]
fn start_badly(bytes: usize) {
    resume_unwind(Box::new(noise(bytes)))
}

#[test]
fn the_reason_of_a_worker_that_cannot_begin_is_whole_up_to_a_limit() {
    for bytes in LENGTHS {
        let pool = made(ProcessPool::builder().initializer(start_badly::new(bytes)));

        let error = panic_long::submit(&pool, 1).soon().unwrap_err();

        assert!(error.is_executor_broken());
        assert_told(&error.to_string(), bytes);
    }
}

#[task]
fn say_and_die(bytes: usize) {
    eprintln!("{}", noise(bytes));
    Death::Abort.now()
}

fn last_said(bytes: usize) -> (TaskError, String) {
    let pool = made(ProcessPool::builder().workers(1).keep_stderr(1));
    let error = say_and_die::submit(&pool, bytes).soon().unwrap_err();
    let said = error.death().expect("its worker is gone").stderr();
    let said = said.to_owned();
    (error, said)
}

#[test]
fn a_line_of_standard_error_is_whole_up_to_a_limit_and_then_says_so() {
    let most = 16 << 10;
    for bytes in [100, most] {
        assert_eq!(last_said(bytes).1, noise(bytes), "{}", Location::caller());
    }

    let (error, said) = last_said(100_000);

    let cut = format!("{}… (cut; 100,000 bytes in all)", noise(most));
    assert_eq!(said, cut);
    assert!(error.to_string().ends_with(&cut));
}
