//! The error that crosses process boundaries: made from any other, and none the worse for the way.

use std::{error::Error, fmt, io};

use concurrent_futures::{Failure, Inline, PortableError, TaskError, task};
use serde_json::json;
use tests::Soon;

use crate::fixture::{Fixture, Loopback, any};

#[derive(Debug, thiserror::Error)]
enum Shop {
    #[error("article {0} is not there")]
    Missing(u32),
    #[error("order cannot be read")]
    Unread(#[source] Layer),
}

#[derive(Debug, thiserror::Error)]
#[error("line {line} is wrong")]
struct Layer {
    line: u32,
    source: std::num::ParseIntError,
}

fn unread() -> Shop {
    let source = "x".parse::<u8>().unwrap_err();
    Shop::Unread(Layer { line: 3, source })
}

/// The error's text, and those of its causes.
fn texts(error: &dyn Error) -> Vec<String> {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect()
}

#[test]
fn it_is_made_from_whatever_turns_into_a_boxed_error() {
    let boxed: Box<dyn Error + Send + Sync> = "boxed".into();
    let made = [
        PortableError::from("borrowed"),
        PortableError::from("owned".to_owned()),
        PortableError::from(std::borrow::Cow::Borrowed("cow")),
        PortableError::from(boxed),
        PortableError::from(fmt::Error),
        PortableError::from(io::Error::other("from io")),
        PortableError::from("x".parse::<u8>().unwrap_err()),
        PortableError::from(TaskError::rejected("no room")),
        PortableError::from(Shop::Missing(7)),
    ];

    let texts = made.map(|error| error.to_string());

    let number = "invalid digit found in string";
    let formatting = fmt::Error.to_string();
    let expected = [
        "borrowed",
        "owned",
        "cow",
        "boxed",
        &formatting,
        "from io",
        number,
        "no room",
        "article 7 is not there",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn its_causes_are_those_of_the_error_it_was_made_from() {
    let error = PortableError::from(unread());

    let expected = [
        "order cannot be read",
        "line 3 is wrong",
        "invalid digit found in string",
    ];
    assert_eq!(texts(&error), expected);
    assert_eq!(texts(&error), texts(&unread()));
    assert!(PortableError::from(Shop::Missing(7)).source().is_none());
}

#[test]
fn it_knows_the_name_of_the_type_it_was_made_from() {
    let names = [
        PortableError::from(Shop::Missing(7)),
        PortableError::from(fmt::Error),
        PortableError::from("x".parse::<u8>().unwrap_err()),
        PortableError::from("text"),
    ];

    let names = names.each_ref().map(PortableError::type_name);

    let expected = [
        "contract::bytes::portable_error::Shop",
        "core::fmt::Error",
        "core::num::error::ParseIntError",
        "&str",
    ];
    assert_eq!(names, expected);
}

#[test]
fn without_causes_it_is_shown_on_one_line() {
    let error = PortableError::from(Shop::Missing(7));

    assert_eq!(format!("{error:?}"), "article 7 is not there");
    assert_eq!(format!("{error}"), "article 7 is not there");
}

#[test]
fn with_causes_it_is_shown_with_them() {
    let error = PortableError::from(unread());

    let shown = format!("{error:?}");

    let expected = "order cannot be read\n\nCaused by:\n    line 3 is wrong\n    invalid digit found in string";
    assert_eq!(shown, expected);
    assert_eq!(format!("{:?}", error.source().unwrap()), "line 3 is wrong");
}

#[test]
fn it_equals_another_of_the_same_texts_and_type() {
    let error = PortableError::from(unread());

    assert_eq!(error, PortableError::from(unread()));
    assert_eq!(error, error.clone());
    assert_ne!(error, PortableError::from(Shop::Missing(3)));
    assert_ne!(error, PortableError::from("order cannot be read"));
    assert_ne!(
        PortableError::from("x"),
        PortableError::from("x".to_owned()),
        "made from another type"
    );
}

#[test]
fn it_goes_through_bytes_and_text_unchanged() {
    for error in [PortableError::from(unread()), PortableError::from("")] {
        let bytes = postcard::to_stdvec(&error).unwrap();
        let text = serde_json::to_string(&error).unwrap();

        let read: [PortableError; 2] = [
            postcard::from_bytes(&bytes).unwrap(),
            serde_json::from_str(&text).unwrap(),
        ];

        assert_eq!(read, [error.clone(), error.clone()]);
        assert_eq!(texts(&read[0]), texts(&error));
    }
}

#[test]
fn one_without_any_text_is_read_all_the_same() {
    let error: PortableError = serde_json::from_value(json!(["none", []])).unwrap();

    assert_eq!(
        (error.to_string(), error.type_name()),
        (String::new(), "none")
    );
    assert!(error.source().is_none());
}

#[task]
fn order(n: u32) -> Result<u32, PortableError> {
    match n {
        0 => Err(unread())?,
        1 => Err(format!("no more of {n}"))?,
        2 => Err(Shop::Missing(n).into()),
        3 => Ok(order(1)?),
        _ => Ok(n),
    }
}

#[test]
fn it_comes_through_a_task_unchanged() {
    for n in 0..5 {
        let here = order::submit(&Inline, n).soon().unwrap();
        let far = order::submit(&Loopback, n).soon().unwrap();

        let texts_of = |error: &PortableError| texts(error);
        assert_eq!(
            far.as_ref().err().map(texts_of),
            order(n).as_ref().err().map(texts_of)
        );
        assert_eq!((&far, &here), (&order(n), &order(n)));
    }
}

/// What `?` makes of it, in functions that return this or that.
fn into_box() -> Result<u32, Box<dyn Error>> {
    Ok(order(0)?)
}

fn into_box_to_send() -> Result<u32, Box<dyn Error + Send + Sync>> {
    Ok(order(0)?)
}

fn into_itself() -> Result<u32, PortableError> {
    let order = order(0)?;
    Ok(order)
}

fn into_a_failure() -> Result<u32, Failure<PortableError>> {
    order::submit(&Inline, 0).try_result()
}

fn out_of_a_failure() -> Result<u32, Box<dyn Error>> {
    Ok(into_a_failure()?)
}

#[test]
fn a_question_mark_takes_it_on_with_its_causes() {
    let expected = texts(&unread());

    assert_eq!(texts(&*into_box().unwrap_err()), expected);
    assert_eq!(texts(&*into_box_to_send().unwrap_err()), expected);
    assert_eq!(
        into_itself().unwrap_err(),
        order(0).unwrap_err(),
        "and wraps it no second time"
    );
    assert!(
        into_box()
            .unwrap_err()
            .downcast_ref::<PortableError>()
            .is_some()
    );
}

#[test]
fn a_question_mark_takes_it_out_of_a_failure() {
    let first = texts(&unread()).remove(0);

    assert_eq!(out_of_a_failure().unwrap_err().to_string(), first);
    let Err(Failure::Returned(error)) = into_a_failure() else {
        panic!("the task returned an error")
    };
    assert_eq!(error, order(0).unwrap_err());
}

pub(crate) fn an_error_of_a_map_is_at_its_own_item<F: Fixture>() {
    let pool = any::<F>(2);

    let outcomes = order::map(&pool, 0..6).into_vec().unwrap();

    assert_eq!(outcomes, (0..6).map(order).collect::<Vec<_>>());
}

#[test]
fn it_is_an_error_that_may_cross_threads() {
    fn is<T: Error + Send + Sync + Clone + Eq + 'static>() -> usize {
        size_of::<T>()
    }

    assert_eq!(is::<PortableError>(), size_of::<usize>());
}

#[test]
fn a_chain_of_many_causes_is_no_trouble() {
    let many: Vec<_> = (0..64).map(|n| n.to_string()).collect();
    let error: PortableError = serde_json::from_value(json!(["deep", many])).unwrap();

    let same = error.clone();

    assert_eq!((texts(&same), &same), (many, &error));
    assert_eq!(format!("{error:?}").lines().count(), 66);
}

/// Waits for another task, and has nothing to say of its own.
#[task]
fn asks(text: &str) -> Result<u8, PortableError> {
    Ok(digit::submit(&Inline, text).try_result()?)
}

#[task]
fn digit(text: &str) -> Result<u8, PortableError> {
    Ok(text.parse()?)
}

#[test]
fn the_failure_of_another_task_goes_on_with_a_question_mark() {
    let error = asks("x").unwrap_err();

    assert_eq!(error.to_string(), "invalid digit found in string");
    assert_eq!(asks("7").unwrap(), 7);
}

#[derive(Debug, thiserror::Error)]
#[error("shop is shut")]
struct Shut(#[source] Box<PortableError>);

#[test]
fn an_error_that_boxes_one_turns_into_one() {
    let inner = PortableError::from("no light");

    let error = PortableError::from(Shut(Box::new(inner)));

    assert_eq!(texts(&error), ["shop is shut", "no light"]);
}

/// Is its own cause.
#[derive(Debug)]
struct Circle;

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("round")
    }
}

impl Error for Circle {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn causes_without_end_come_to_one() {
    let error = PortableError::from(Circle);

    assert_eq!(texts(&error).len(), 64);
}

#[test]
fn a_million_causes_from_outside_are_no_danger() {
    let bytes = postcard::to_stdvec(&("name", vec![""; 1_000_000])).unwrap();

    let error: PortableError = postcard::from_bytes(&bytes).unwrap();

    assert_eq!(texts(&error).len(), 64);
    assert_eq!(error.clone(), error);
}
