//! Bytes that are none of a call: cut short, changed, made up. They give a typed error or a result,
//! and nothing else.

use std::collections::HashMap;

use concurrent_futures::{
    PortableError, TaskError,
    remote::{self, Entry},
    task,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use tests::{Soon, bytes_of, elsewhere::entry_of, sent};

use crate::tasks::answer;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Shape {
    Point,
    Circle { radius: f64 },
    Named(String, Box<Shape>),
}

#[task]
fn of_all_kinds(
    n: u64,
    letter: char,
    text: &str,
    shapes: Vec<Shape>,
    numbers: Vec<u32>,
    map: HashMap<String, Option<bool>>,
    error: PortableError,
) -> usize {
    let more = usize::from(n > 0) + letter.len_utf8() + text.len() + numbers.len();
    more + shapes.len() + map.len() + error.to_string().len()
}

#[task]
fn of_long_values(bytes: Vec<u8>, text: String, numbers: &[u64]) -> usize {
    bytes.len() + text.len() + numbers.len()
}

#[task]
fn checked(text: &str) -> Result<String, PortableError> {
    if text.is_empty() {
        Err("empty")?;
    }
    Ok(text.to_owned())
}

/// Tasks, each with the bytes of a call of it.
fn calls() -> [(&'static Entry, Vec<u8>); 4] {
    let shape = Shape::Named("é".into(), Box::new(Shape::Circle { radius: 0.5 }));
    let map = HashMap::from([("a".to_owned(), Some(true))]);
    let error = PortableError::from("out of paper");
    let (shapes, numbers) = (vec![shape, Shape::Point], vec![1, 2]);
    let kinds = of_all_kinds::new(300, 'é', "text", shapes, numbers, map, error);
    let long = of_long_values::new(vec![7; 1_100], "x".repeat(1_030), [1, 2]);
    [
        (entry_of::<of_all_kinds>(), bytes_of(kinds)),
        (entry_of::<of_long_values>(), bytes_of(long)),
        (entry_of::<checked>(), bytes_of(checked::new("é"))),
        (entry_of::<answer>(), bytes_of(answer::new())),
    ]
}

/// The bytes of a part with nothing long in it.
fn part(head: &[u8]) -> Vec<u8> {
    let length = (head.len() as u64).to_le_bytes();
    [&length, head].concat()
}

#[track_caller]
fn assert_decode(outcome: Result<Vec<u8>, TaskError>, text: &str) {
    let error = outcome.unwrap_err();
    assert!(error.is_decode(), "{error}");
    let text = format!("bytes cannot be turned into a value: {text}");
    assert_eq!(error.to_string(), text);
}

#[test]
fn bytes_that_end_early_are_refused_wherever_they_end() {
    for (entry, bytes) in calls() {
        entry.run(&bytes).unwrap();

        for end in 0..bytes.len() {
            let error = entry.run(&bytes[..end]).unwrap_err();
            assert!(error.is_decode(), "{entry:?}, {end}: {error}");
            assert_eq!(error.task(), Some(entry.name()));
        }
    }
}

/// Holds itself in each way that serde has.
#[derive(Debug, Serialize, Deserialize)]
enum Endless {
    End,
    Boxed(Box<Endless>),
    List(Vec<Endless>),
    Named { inner: Option<Box<Endless>> },
    Pair(u8, Box<Endless>),
    Map(HashMap<u8, Endless>),
}

#[task]
fn of_endless(endless: Endless) -> bool {
    matches!(endless, Endless::End)
}

#[test]
fn bytes_that_nest_without_end_are_a_typed_error() {
    const LEVELS: usize = 1 << 20;
    // One level of each kind: the variant, and what comes before the next.
    let levels: [&[u8]; 6] = [
        &[1],
        &[2, 1],
        &[3, 1],
        &[4, 9],
        &[5, 1, 9],
        &[1, 2, 1, 4, 0],
    ];

    for level in levels {
        let error = entry_of::<of_endless>().run(&part(&level.repeat(LEVELS)));

        let error = error.unwrap_err();
        assert!(error.is_decode(), "{error}");
        assert!(error.to_string().contains("nested deeper"), "{error}");
    }
}

#[test]
fn bytes_that_are_left_over_are_refused() {
    for (entry, mut bytes) in calls() {
        bytes.push(0);

        assert_decode(
            entry.run(&bytes),
            "bytes are left over; build both programs from the same sources",
        );
    }
    let with_one_more = part(&[0]);
    assert_decode(
        entry_of::<answer>().run(&with_one_more),
        "bytes are left over; build both programs from the same sources",
    );
}

#[test]
fn a_flipped_bit_gives_a_result_or_a_typed_error() {
    for (entry, bytes) in calls() {
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);

            if let Err(error) = entry.run(&flipped) {
                assert!(error.is_decode(), "{entry:?}, {bit}: {error}");
            }
        }
        assert!(entry.run(&bytes).is_ok(), "it still runs what is right");
    }
}

#[test]
fn the_error_names_the_argument_that_is_wrong() {
    let of_text = entry_of::<checked>();

    assert_decode(of_text.run(&[]), "the bytes end early");
    assert_decode(
        of_text.run(&part(&[])),
        "argument `text`: the bytes end early",
    );
    assert_decode(
        of_text.run(&part(&[1, 0xff])),
        "argument `text`: its bytes are no UTF-8",
    );
    assert_decode(
        of_text.run(&part(&[0xff; 11])),
        "argument `text`: the bytes are none of this type",
    );
}

#[test]
fn numbers_that_are_cut_in_two_are_refused() {
    let mut head = postcard::to_stdvec(&(Vec::<u8>::new(), "")).unwrap();
    head.extend(postcard::to_stdvec(&7_usize).unwrap());
    head.extend([0; 7]);

    let outcome = entry_of::<of_long_values>().run(&part(&head));

    assert_decode(
        outcome,
        "argument `numbers`: its bytes are no whole number of elements",
    );
}

#[test]
fn a_length_beyond_all_memory_is_refused() {
    let long = entry_of::<of_long_values>();
    let kinds = entry_of::<of_all_kinds>();

    for len in [1_u64 << 20, 1 << 40, 1 << 60, u64::MAX] {
        let claimed = postcard::to_stdvec(&len).unwrap();
        assert_decode(long.run(&claimed), "the bytes end early");
        assert_decode(
            long.run(&part(&claimed)),
            "argument `bytes`: the bytes end early",
        );

        let mut head = 1_u64.to_ne_bytes().to_vec();
        head.extend(postcard::to_stdvec(&('x', "")).unwrap());
        head.extend(&claimed);
        assert_decode(
            kinds.run(&part(&head)),
            "argument `shapes`: the bytes end early",
        );
    }
}

/// What the caller makes of an answer.
fn answered(answer: &[u8]) -> Result<Result<String, PortableError>, TaskError> {
    let (future, sent, _) = sent(checked::new("x"));
    sent.finish([Ok(answer)]);
    future.soon()
}

#[test]
fn an_answer_that_is_none_is_a_typed_error() {
    let right = entry_of::<checked>()
        .run(&bytes_of(checked::new("é")))
        .unwrap();
    assert_eq!(answered(&right).unwrap().unwrap(), "é");

    for end in 0..right.len() {
        let error = answered(&right[..end]).unwrap_err();
        assert!(error.is_decode(), "{end}: {error}");
        assert_eq!(error.task(), Some("contract::bytes::malformed::checked"));
    }
    let error = answered(&part(&[1, 1, 0xff])).unwrap_err();
    let text = "bytes cannot be turned into a value: result: its bytes are no UTF-8";
    assert_eq!(error.to_string(), text);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn made_up_bytes_give_a_result_or_a_typed_error(head: Vec<u8>, whole: Vec<u8>, which in 0..4_usize) {
        let (entry, _) = &calls()[which];
        for bytes in [&part(&head), &whole] {
            if let Err(error) = entry.run(bytes) {
                prop_assert!(error.is_decode(), "{}", error);
            }
        }
    }

    #[test]
    fn made_up_bytes_are_an_answer_or_a_typed_error(head: Vec<u8>, whole: Vec<u8>) {
        for bytes in [&part(&head), &whole] {
            if let Err(error) = answered(bytes) {
                prop_assert!(error.is_decode(), "{}", error);
            }
        }
    }
}

#[test]
fn a_key_of_made_up_bytes_finds_nothing() {
    let bytes = postcard::to_stdvec(&("\u{fffd}".repeat(1_000), u64::MAX)).unwrap();

    let key = postcard::from_bytes(&bytes).unwrap();

    assert!(remote::find(&key).is_err());
}
