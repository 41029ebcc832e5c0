//! Whatever values there are: chosen by chance, and shrunk to the smallest that does not come back.

use std::collections::BTreeMap;

use proptest::{
    collection::{btree_map, vec},
    prelude::*,
};
use tests::Soon;

use super::{Note, Order, Who, echoes, through};
use crate::fixture::Loopback;

echoes! {
    numbers: (u8, i16, u32, i64, u128, usize);
    floats: Vec<f64>;
    texts: (String, Vec<String>, Option<char>);
    bytes: (Vec<u8>, Vec<u16>, Vec<u8>);
    order: Order;
    tree: BTreeMap<String, Vec<Result<u64, String>>>;
    outcome: Result<Vec<u8>, String>;
}

/// A few letters of any kind; longer ones take long to make.
fn some_text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

fn note() -> impl Strategy<Value = Note> {
    prop_oneof![
        Just(Note::Empty),
        some_text().prop_map(Note::Text),
        (any::<i8>(), -1e9_f32..1e9).prop_map(|(n, float)| Note::Pair(n, float)),
        (any::<std::time::Duration>(), any::<Option<Option<()>>>())
            .prop_map(|(at, who)| Note::Named { at, who: Who(who) }),
    ]
}

fn an_order() -> impl Strategy<Value = Order> {
    let notes = || vec(note(), 0..5);
    let leaf = (some_text(), any::<u32>(), notes()).prop_map(|(article, count, notes)| Order {
        article,
        count,
        notes,
        paid: None,
    });
    leaf.prop_recursive(4, 8, 1, move |inner| {
        (inner, some_text(), notes()).prop_map(|(paid, article, notes)| Order {
            article,
            count: 1,
            notes,
            paid: Some(Box::new(paid)),
        })
    })
}

fn a_tree() -> impl Strategy<Value = BTreeMap<String, Vec<Result<u64, String>>>> {
    let leaf = prop_oneof![any::<u64>().prop_map(Ok), some_text().prop_map(Err)];
    btree_map(some_text(), vec(leaf, 0..5), 0..5)
}

/// Some bytes, on both sides of the length from which they travel apart.
fn some_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 0..40), vec(any::<u8>(), 1_015..1_035),]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_numbers_come_back(value: (u8, i16, u32, i64, u128, usize)) {
        prop_assert_eq!(through!(numbers(value)), value);
    }

    #[test]
    fn any_floats_come_back(value in vec(any::<u64>(), 0..200)) {
        let value: Vec<f64> = value.into_iter().map(f64::from_bits).collect();
        let bits = |floats: &[f64]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&through!(floats(value.clone()))), bits(&value));
    }

    #[test]
    fn any_texts_come_back(value in (some_text(), vec(some_text(), 0..9), any::<Option<char>>())) {
        prop_assert_eq!(through!(texts(value.clone())), value);
    }

    #[test]
    fn any_bytes_come_back(first in some_bytes(), words: Vec<u16>, last in some_bytes()) {
        let value = (first, words, last);
        prop_assert_eq!(through!(bytes(value.clone())), value);
    }

    #[test]
    fn any_order_comes_back(value in an_order()) {
        prop_assert_eq!(through!(order(value.clone())), value);
    }

    #[test]
    fn any_tree_comes_back(value in a_tree()) {
        prop_assert_eq!(through!(tree(value.clone())), value);
    }

    #[test]
    fn any_outcome_comes_back(is_fine: bool, value in some_bytes()) {
        let value = if is_fine { Ok(value) } else { Err(format!("{value:?}")) };
        prop_assert_eq!(through!(outcome(value.clone())), value);
    }
}
