//! Parameters are patterns, raw names and borrows with a name.

#![deny(warnings)]

use concurrent_futures::prelude::*;

struct Point {
    x: u64,
    y: u64,
}

#[task]
fn pattern((a, b): (u64, u64), [c, d]: [u64; 2], Point { x, y }: Point) -> u64 {
    a + b + c + d + x + y
}

#[task]
fn unnamed(_: u64, _: u64) -> u64 {
    1
}

#[task]
fn beside_a_pattern((a, b): (u64, u64), arg0: u64) -> u64 {
    a + b + arg0
}

#[task]
#[allow(unused_parens)]
fn bound(mut a: u64, ref b: u64, c @ 0..: u64, (d): u64) -> u64 {
    a += b + c + d;
    a
}

#[task]
fn r#loop(r#type: u64, r#fn: &str) -> String {
    format!("{}{fn}", r#type, fn = r#fn)
}

#[task]
fn named_like_ours(executor: u64, inputs: u64, options: u64, function: u64) -> u64 {
    executor + inputs + options + function
}

#[task]
fn named_like_itself(named_like_itself: u64) -> u64 {
    named_like_itself
}

#[task]
fn named<'a>(text: &'a str, other: &'a [u8]) -> usize {
    text.len() + other.len()
}

#[task]
fn living_for_ever(text: &'static str) -> &'static str {
    text
}

fn main() -> Result<(), TaskError> {
    let point = Point { x: 5, y: 6 };
    assert_eq!(pattern::submit(&Inline, (1, 2), [3, 4], point).result()?, 21);
    let call = pattern { arg0: (1, 2), arg1: [3, 4], arg2: Point { x: 5, y: 6 } };
    assert_eq!(Inline.submit(call).result()?, 21);
    assert_eq!(unnamed::submit(&Inline, 2, 3).result()?, 1);
    assert_eq!(Inline.submit(beside_a_pattern { arg0_: (1, 2), arg0: 3 }).result()?, 6);
    assert_eq!(bound::submit(&Inline, 1, 2, 3, 4).result()?, 10);
    assert_eq!(r#loop::submit(&Inline, 1, "a").result()?, "1a");
    assert_eq!(named_like_ours::map(&Inline, 0..1, 1..2, 2..3, 3..4).into_vec()?, [6]);
    assert_eq!(named_like_ours::starmap(&Inline, [(0, 1, 2, 3)]).into_vec()?, [6]);
    assert_eq!(named_like_itself::submit(&Inline, 1).result()?, 1);
    assert_eq!(named::submit(&Inline, "a", b"b").result()?, 2);
    assert_eq!(living_for_ever::submit(&Inline, "a").result()?, "a");
    Ok(())
}
