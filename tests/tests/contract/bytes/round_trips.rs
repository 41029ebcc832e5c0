//! What goes through bytes comes back as it was: arguments to the task, and its result to the
//! caller.

mod bulk;
mod chance;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    net::IpAddr,
    num::NonZeroU32,
    time::Duration,
};

use concurrent_futures::{PortableError, task};
use serde::{Deserialize, Serialize};
use tests::Soon;

use crate::fixture::Loopback;

/// Tasks that give back what they are given.
macro_rules! echoes {
    ($($name:ident: $ty:ty;)*) => {$(
        #[concurrent_futures::task]
        fn $name(value: $ty) -> $ty {
            value
        }
    )*};
}
use echoes;

/// The value, through the bytes of a call and through those of its result.
macro_rules! through {
    ($task:ident($value:expr)) => {
        $task::submit(&Loopback, $value).soon().unwrap()
    };
}
use through;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    article: String,
    count: u32,
    notes: Vec<Note>,
    paid: Option<Box<Order>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Note {
    Empty,
    Text(String),
    Pair(i8, f32),
    Named { at: Duration, who: Who },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Who(Option<Option<()>>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Nothing;

type Maps = (
    HashMap<String, u64>,
    BTreeMap<u8, Vec<String>>,
    BTreeSet<char>,
);
type Sequences = (VecDeque<u8>, Box<[u16]>, [u64; 3], Vec<()>, Vec<Option<u8>>);

echoes! {
    unsigned: (u8, u16, u32, u64, u128, usize);
    signed: (i8, i16, i32, i64, i128, isize);
    doubles: f64;
    singles: f32;
    letter: char;
    truth: bool;
    text: String;
    unit: ();
    nested: Option<Option<()>>;
    order: Order;
    nothing: Nothing;
    maps: Maps;
    sequences: Sequences;
    of_std: (Duration, IpAddr, NonZeroU32, std::ops::Range<u8>);
    large: (Box<str>, [[u8; 32]; 4]);
}

#[test]
fn integers_come_back_to_their_limits() {
    let least = (0, 0, 0, 0, 0, 0);
    let most = (u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX, usize::MAX);
    let low = (i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN, isize::MIN);
    let high = (i8::MAX, i16::MAX, i32::MAX, i64::MAX, i128::MAX, isize::MAX);

    assert_eq!(
        [least, most],
        [through!(unsigned(least)), through!(unsigned(most))]
    );
    assert_eq!([low, high], [through!(signed(low)), through!(signed(high))]);
}

#[test]
fn floats_come_back_bit_by_bit() {
    let odd = [
        0.0,
        -0.0,
        1.5,
        f64::INFINITY,
        f64::MIN_POSITIVE / 2.0,
        f64::NAN,
    ];
    let bits = odd
        .map(f64::to_bits)
        .into_iter()
        .chain([0x7ff0_0000_0000_0001, !0]);

    for bits in bits {
        assert_eq!(through!(doubles(f64::from_bits(bits))).to_bits(), bits);
    }
    for bits in [0x7f80_0001, 0xffc0_1234, 1] {
        assert_eq!(through!(singles(f32::from_bits(bits))).to_bits(), bits);
    }
}

#[test]
fn texts_and_letters_come_back() {
    for value in ["", "a", "é \0 \u{10ffff}", "e\u{301}"] {
        assert_eq!(through!(text(value.to_owned())), value);
    }
    for value in ['\0', 'ß', char::MAX] {
        assert_eq!(through!(letter(value)), value);
    }
    assert_eq!(
        [through!(truth(true)), through!(truth(false))],
        [true, false]
    );
}

#[test]
fn nothing_comes_back_as_nothing() {
    let () = through!(unit(()));
    assert_eq!(through!(nothing(Nothing)), Nothing);
    for value in [None, Some(None), Some(Some(()))] {
        assert_eq!(through!(nested(value)), value);
    }
}

#[test]
fn structs_and_enums_come_back() {
    let inner = Order {
        article: String::new(),
        count: 0,
        notes: Vec::new(),
        paid: None,
    };
    let at = Duration::new(u64::MAX, 999_999_999);
    let notes = vec![
        Note::Empty,
        Note::Text("é".into()),
        Note::Pair(-1, 0.5),
        Note::Named {
            at,
            who: Who(Some(None)),
        },
    ];
    let (article, paid) = ("a".repeat(2_000), Some(Box::new(inner)));
    let whole = Order {
        article,
        count: 7,
        notes,
        paid,
    };

    assert_eq!(through!(order(whole.clone())), whole);
}

#[test]
fn maps_and_sequences_come_back() {
    let hash = (0..100).map(|n| (n.to_string(), n)).collect();
    let tree = BTreeMap::from([(1, vec!["a".to_owned()]), (2, Vec::new())]);
    let value = (hash, tree, BTreeSet::from(['x', 'é']));
    assert_eq!(through!(maps(value.clone())), value);

    let boxed = vec![1, 2].into_boxed_slice();
    let value = (
        VecDeque::from([1, 2]),
        boxed,
        [3; 3],
        vec![(); 5],
        vec![Some(1), None],
    );
    assert_eq!(through!(sequences(value.clone())), value);
}

#[test]
fn types_of_std_come_back() {
    let one = NonZeroU32::new(1).unwrap();
    let value = (Duration::from_nanos(1), "::1".parse().unwrap(), one, 3..7);
    assert_eq!(through!(of_std(value.clone())), value);

    let value = ("é".repeat(5_000).into_boxed_str(), [[7; 32]; 4]);
    assert_eq!(through!(large(value.clone())), value);
}

#[task]
fn halved(n: u64) -> Result<u64, PortableError> {
    if n % 2 == 1 {
        Err("odd")?;
    }
    Ok(n / 2)
}

#[task]
fn mapped(n: u8) -> Result<HashMap<u8, String>, (u8, String)> {
    if n == 0 {
        Err((n, "zero".into()))
    } else {
        Ok(HashMap::from([(n, "é".into())]))
    }
}

#[test]
fn both_sides_of_a_result_come_back() {
    assert_eq!(through!(halved(4)).ok(), halved(4).ok());
    assert_eq!(through!(halved(3)).unwrap_err(), halved(3).unwrap_err());
    assert_eq!(through!(mapped(0)), mapped(0));
    assert_eq!(through!(mapped(1)), mapped(1));
}
