//! What `#[task]` adds to a function: `new`, `submit` and `map` with their variants, and a type
//! whose values are calls.

use concurrent_futures::{Future, MapError, MapOptions, Options, Submit, task};
use tests::Soon;

use crate::{
    fixture::{Fixture, any},
    tasks::{answer, double},
};

#[task]
fn repeated(text: &str, times: usize) -> String {
    text.repeat(times)
}

/// Owned and borrowed parameters, in turn.
#[task]
fn listed(
    first: u8,
    text: &str,
    bytes: &[u8],
    letter: char,
    name: String,
    pair: (u8, bool),
    last: &u64,
) -> String {
    format!("{first} {text} {bytes:?} {letter} {name} {pair:?} {last}")
}

#[task]
fn summed((a, b): (u32, u32), n: u32, [c, d]: [u32; 2], _: u32) -> u32 {
    a * 10_000 + b * 1_000 + n * 100 + c * 10 + d
}

#[expect(clippy::toplevel_ref_arg, reason = "a user may write it so")]
#[task]
fn shadowed(_: u32, arg0: u32, mut n: u32, ref borrowed: u32, all @ (a, _): (u32, u32)) -> u32 {
    n += 1;
    arg0 + n + *borrowed + all.0 + all.1 + a
}

pub(crate) fn the_helpers_of_one_parameter_call_the_function<F: Fixture>() {
    let pool = any::<F>(2);

    let one = double::submit(&pool, 21).soon();
    let mapped = double::map(&pool, [1, 2]).into_vec();
    let starred = double::starmap(&pool, [(3,), (4,)]).into_vec();
    let asked = double::map_with(&pool, MapOptions::new().buffer(1), 5..7);
    let both = double::starmap_with(&pool, MapOptions::new().buffer(1), [(7,), (8,)]);

    assert_eq!(one.unwrap(), double(21));
    assert_eq!(mapped.unwrap(), [1, 2].map(double));
    assert_eq!(starred.unwrap(), [3, 4].map(double));
    assert_eq!(asked.unwrap().into_vec().unwrap(), [5, 6].map(double));
    assert_eq!(both.unwrap().into_vec().unwrap(), [7, 8].map(double));
}

pub(crate) fn the_helpers_of_two_parameters_call_the_function<F: Fixture>() {
    let pool = any::<F>(2);

    let one = repeated::submit(&pool, "ab", 2).soon();
    let mapped = repeated::map(&pool, ["a", "b"], 1..).into_vec();
    let starred = repeated::starmap(&pool, [("c", 3), ("d", 0)]).into_vec();
    let options = MapOptions::new().chunk_size(2);
    let asked = repeated::map_with(&pool, options, ["e", "f", "g"], [1; 3]);

    assert_eq!(one.unwrap(), repeated("ab", 2));
    assert_eq!(mapped.unwrap(), ["a", "bb"]);
    assert_eq!(starred.unwrap(), ["ccc", ""]);
    assert_eq!(asked.unwrap().into_vec().unwrap(), ["e", "f", "g"]);
}

pub(crate) fn the_helpers_of_seven_parameters_call_the_function<F: Fixture>() {
    let pool = any::<F>(2);
    let name = || String::from("n");
    let expected = listed(1, "é", &[2, 3], 'x', name(), (4, true), &5);

    let one = listed::submit(&pool, 1, "é", [2, 3], 'x', name(), (4, true), 5).soon();
    let mapped = listed::map(
        &pool,
        [1],
        ["é"],
        [[2, 3]],
        ['x'],
        [name()],
        [(4, true)],
        &[5],
    );
    let tuple = (1, "é", vec![2, 3], 'x', name(), (4, true), &5);
    let starred = listed::starmap(&pool, [tuple.clone()]);
    let both = listed::starmap_with(&pool, MapOptions::new(), [tuple]);
    let (text, names) = (["é".to_owned()], vec![name()]);
    let asked = listed::map_with(
        &pool,
        MapOptions::new(),
        Some(1),
        &text,
        [&[2, 3]],
        "x".chars(),
        names,
        [(4, true)],
        5..,
    );

    assert_eq!(one.unwrap(), expected);
    assert_eq!(mapped.into_vec().unwrap(), [&*expected]);
    assert_eq!(starred.into_vec().unwrap(), [&*expected]);
    assert_eq!(asked.unwrap().into_vec().unwrap(), [&*expected]);
    assert_eq!(both.unwrap().into_vec().unwrap(), [expected]);
}

pub(crate) fn starmap_with_lends_its_inputs_behind_a_buffer<F: Fixture>() {
    let pool = any::<F>(2);
    let words = [
        ("a".to_owned(), 3),
        ("b".to_owned(), 2),
        ("c".to_owned(), 1),
    ];

    let inputs = words.iter().map(|(word, times)| (word, *times));
    let results = repeated::starmap_with(&pool, MapOptions::new().buffer(1), inputs);
    let refused = repeated::starmap_with(&pool, MapOptions::new().buffer(0), [("d", 1)]);

    assert_eq!(results.unwrap().into_vec().unwrap(), ["aaa", "bb", "c"]);
    assert!(matches!(refused.err(), Some(MapError::ZeroBuffer)));
}

pub(crate) fn a_call_is_cloned_and_shown_as_its_arguments_are<F: Fixture>() {
    let pool = any::<F>(1);
    let call = repeated::new("ab", 2);

    let clone = call.clone();
    let texts = [format!("{call:?}"), format!("{:?}", answer::new())];
    let results = [call, clone].map(|call| pool.submit(call).soon());

    assert_eq!(texts, [r#"repeated { text: "ab", times: 2 }"#, "answer"]);
    assert_eq!(results.map(Result::unwrap), ["abab", "abab"]);
}

pub(crate) fn the_helper_submit_with_takes_options_before_the_arguments<F: Fixture>() {
    let pool = any::<F>(1);
    let named = || Options::new().name("this one");

    let futures = [
        repeated::submit_with(&pool, named(), "ab", 2),
        repeated::submit_with(&pool, named(), "ab".to_owned(), 2),
    ];
    let without = answer::submit_with(&pool, named());

    assert_eq!(futures.each_ref().map(Future::name), ["this one"; 2]);
    assert_eq!(futures.map(|future| future.soon().unwrap()), ["abab"; 2]);
    assert_eq!(without.name(), "this one");
    assert_eq!(without.soon().unwrap(), answer());
}

pub(crate) fn the_helper_try_submit_gives_a_future_where_there_is_room<F: Fixture>() {
    let pool = any::<F>(1);

    let one = repeated::try_submit(&pool, "ab", 2).unwrap();
    let without = answer::try_submit(&pool).unwrap();

    assert_eq!(one.soon().unwrap(), "abab");
    assert_eq!(without.soon().unwrap(), answer());
}

pub(crate) fn new_and_a_literal_make_the_same_call<F: Fixture>() {
    let pool = any::<F>(1);
    let (text, times) = ("ab".to_owned(), 2);

    let made = pool.submit(repeated::new("ab", 2)).soon();
    let written = pool.submit(repeated { text, times }).soon();

    assert_eq!(
        (made.unwrap(), written.unwrap()),
        ("abab".into(), "abab".into())
    );
}

pub(crate) fn a_task_without_parameters_is_made_and_submitted<F: Fixture>() {
    let pool = any::<F>(1);

    let outcomes = [
        answer::submit(&pool),
        pool.submit(answer::new()),
        pool.submit(answer {}),
    ];

    assert_eq!(outcomes.map(|future| future.soon().unwrap()), [answer(); 3]);
}

pub(crate) fn the_shortest_input_ends_a_map_wherever_it_stands<F: Fixture>() {
    let pool = any::<F>(2);
    let options = || MapOptions::new().buffer(2);

    let lens = [
        repeated::map(&pool, ["a"; 3], 0..).count(),
        repeated::map(&pool, std::iter::repeat("a"), [1; 2]).count(),
        repeated::map(&pool, [""; 0], 0..).count(),
        repeated::map_with(&pool, options(), std::iter::repeat("a"), [1; 4])
            .unwrap()
            .count(),
        repeated::map_with(&pool, options(), ["a"; 5], 0..)
            .unwrap()
            .count(),
    ];

    assert_eq!(lens, [3, 2, 0, 4, 5]);
}

pub(crate) fn a_pattern_is_a_field_named_by_its_place<F: Fixture>() {
    let pool = any::<F>(1);
    let call = summed {
        arg0: (1, 2),
        n: 3,
        arg2: [4, 5],
        arg3: 6,
    };

    let sums = [
        pool.submit(call).soon(),
        summed::submit(&pool, (1, 2), 3, [4, 5], 6).soon(),
    ];

    assert_eq!(sums.map(Result::unwrap), [summed((1, 2), 3, [4, 5], 6); 2]);
}

pub(crate) fn a_named_parameter_beside_a_pattern_keeps_its_name<F: Fixture>() {
    let pool = any::<F>(1);
    let call = shadowed {
        arg0_: 1,
        arg0: 2,
        n: 3,
        borrowed: 4,
        all: (5, 6),
    };

    let sum = pool.submit(call).soon();

    assert_eq!(sum.unwrap(), shadowed(1, 2, 3, 4, (5, 6)));
}
