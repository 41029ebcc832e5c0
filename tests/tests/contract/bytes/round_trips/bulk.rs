//! Long texts, paths and vectors of plain numbers: around the length from which they travel apart.

use std::{ffi::OsString, path::PathBuf};

use concurrent_futures::{PortableError, task};
use tests::{Soon, bytes_of, sent};

use super::{echoes, through};
use crate::fixture::Loopback;

/// Below, at and above a kibibyte, and the ends.
const LENS: [usize; 9] = [0, 1, 8, 1016, 1023, 1024, 1025, 1032, 100_000];

echoes! {
    bytes: Vec<u8>;
    words: Vec<u16>;
    doubles: Vec<f64>;
    wide: Vec<i128>;
    sizes: Vec<usize>;
    text: String;
    path: PathBuf;
    os_text: OsString;
    optional: Option<Vec<u8>>;
}

/// Some bytes, not all alike.
fn some(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn bytes_come_back_at_every_length() {
    for len in LENS {
        assert!(through!(bytes(some(len))) == some(len), "{len}");
        assert!(
            through!(optional(Some(some(len)))) == Some(some(len)),
            "{len}"
        );
    }
}

#[test]
fn numbers_come_back_at_every_length() {
    for len in LENS {
        let value: Vec<f64> = some(len / 8)
            .into_iter()
            .map(|n| f64::from(n) / 3.0)
            .collect();
        assert!(through!(doubles(value.clone())) == value, "{len}");
        let value: Vec<u16> = (0..len / 2).map(|n| n as u16).collect();
        assert!(through!(words(value.clone())) == value, "{len}");
        let value: Vec<i128> = (0..len / 16).map(|n| -(n as i128) << 90).collect();
        assert!(through!(wide(value.clone())) == value, "{len}");
        let value: Vec<usize> = (0..len / 8).map(|n| !n).collect();
        assert!(through!(sizes(value.clone())) == value, "{len}");
    }
}

#[test]
fn texts_come_back_at_every_length() {
    for len in LENS {
        let value = format!("{}é", "a".repeat(len.saturating_sub(2)));
        assert!(through!(text(value.clone())) == value, "{len}");
        assert!(
            through!(path(PathBuf::from(&value))).as_os_str() == &*value,
            "{len}"
        );
        assert!(through!(os_text(OsString::from(&value))) == *value, "{len}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_comes_back() {
    use std::os::unix::ffi::OsStringExt;

    for len in LENS {
        let value = OsString::from_vec(vec![0xff; len]);
        assert!(
            through!(path(PathBuf::from(&value))).as_os_str() == &*value,
            "{len}"
        );
        assert!(through!(os_text(value.clone())) == value, "{len}");
    }
}

#[test]
fn long_ones_are_not_copied_until_they_are_sent() {
    let value = some(1024);
    let place = value.as_ptr();

    let (_future, _sent, parts) = sent(bytes::new(value));

    let part = parts.iter().next().unwrap();
    let pieces: Vec<_> = part.pieces().collect();
    assert_eq!((pieces[1].as_ptr(), pieces[1].len()), (place, 1024));
    assert!(pieces[0].len() < 16, "only lengths are left");
    assert_eq!(pieces.concat(), part.to_vec());
}

#[test]
fn short_ones_stay_with_the_rest() {
    let (_future, _sent, parts) = sent(bytes::new(some(1023)));

    let part = parts.iter().next().unwrap();

    assert_eq!(part.pieces().count(), 1);
    assert!(part.len() > 1023);
    assert_eq!(bytes_of(bytes::new(some(1023))), part.to_vec());
}

#[task]
fn mixed(first: Vec<u8>, n: u64, text: &str, numbers: &[f64], last: Option<String>) -> Vec<u8> {
    let mut all = first;
    all.extend(n.to_le_bytes());
    all.extend(text.bytes());
    all.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    all.extend(last.unwrap_or_default().bytes());
    all
}

#[test]
fn long_and_short_arguments_keep_their_places() {
    let long = "é".repeat(3_000);
    let cases = [
        (some(2_000), "short", vec![1.5; 500], Some(long.clone())),
        (some(3), &*long, vec![1.5; 2], None),
        (some(5_000), &*long, vec![0.5; 5_000], Some("x".into())),
        (Vec::new(), "", Vec::new(), None),
    ];

    for (first, text, numbers, last) in cases {
        let expected = mixed(first.clone(), 7, text, &numbers, last.clone());
        let outcome = mixed::submit(&Loopback, first, 7, text, numbers, last).soon();
        assert!(outcome.unwrap() == expected);
    }
}

#[task]
fn read(bytes: Vec<u8>, is_fine: bool) -> Result<Vec<u8>, PortableError> {
    if !is_fine {
        let text: String = bytes
            .iter()
            .map(|byte| char::from(byte % 26 + b'a'))
            .collect();
        Err(text)?;
    }
    Ok(bytes)
}

#[test]
fn both_sides_of_a_result_come_back_at_every_length() {
    for len in LENS {
        for is_fine in [true, false] {
            let expected = read(some(len), is_fine);
            let outcome = read::submit(&Loopback, some(len), is_fine).soon().unwrap();
            assert_eq!(outcome.as_ref().ok(), expected.as_ref().ok());
            assert_eq!(outcome.err(), expected.err());
        }
    }
}
