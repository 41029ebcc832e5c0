//! What can be given for a parameter that borrows: whatever the function itself takes there, and
//! what owns it.

use std::{
    borrow::Cow,
    ffi::{CStr, CString, OsStr, OsString},
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use concurrent_futures::{Inline, Submit, task};
use tests::Soon;

/// What a call takes that only a clone of it can give.
#[derive(Clone, Debug, PartialEq)]
struct Article(String);

#[task]
fn of_text(text: &str) -> String {
    format!("{text}!")
}

#[task]
fn of_articles(articles: &[Article]) -> Vec<Article> {
    articles.to_vec()
}

#[task]
fn of_path(path: &Path) -> PathBuf {
    path.join("end")
}

#[task]
fn of_os_text(text: &OsStr) -> OsString {
    text.to_owned()
}

#[task]
fn of_c_text(text: &CStr) -> CString {
    text.to_owned()
}

#[task]
fn of_article(article: &Article) -> Article {
    article.clone()
}

#[task]
fn of_array(words: &[u8; 3]) -> u8 {
    words.iter().sum()
}

#[expect(clippy::ptr_arg, reason = "a user may write it so")]
#[task]
fn of_vector(words: &Vec<u8>) -> usize {
    words.len()
}

#[expect(clippy::ptr_arg, reason = "a user may write it so")]
#[task]
fn of_string(text: &String) -> usize {
    text.len()
}

#[task]
fn with_lifetimes<'a>(left: &'a str, right: &'_ str) -> bool {
    let _: &'a str = left;
    left == right
}

/// Each argument gives what the plain function gives for `$plain`; the `both` are what that takes
/// as well.
macro_rules! takes {
    (
        $fact:ident: $task:ident($plain:expr),
        both [$($both:expr),* $(,)?],
        owned [$($owned:expr),* $(,)?]
    ) => {
        #[test]
        fn $fact() {
            let expected = $task($plain);
            $(
                assert_eq!($task($both), expected, "plain, of {}", stringify!($both));
                let outcome = $task::submit(&Inline, $both).soon();
                assert_eq!(outcome.unwrap(), expected, "of {}", stringify!($both));
            )*
            $(
                let outcome = $task::submit(&Inline, $owned).soon();
                assert_eq!(outcome.unwrap(), expected, "of {}", stringify!($owned));
                let outcome = Inline.submit($task::new($owned)).soon();
                assert_eq!(outcome.unwrap(), expected, "a call of {}", stringify!($owned));
            )*
        }
    };
}

takes! {
    a_str_is_taken_in_every_form: of_text("é b"),
    both [
        "é b",
        &"é b",
        &String::from("é b"),
        &Box::<str>::from("é b"),
        &Rc::<str>::from("é b"),
        &Arc::<str>::from("é b"),
        &Cow::Borrowed("é b"),
        &Cow::<str>::Owned("é b".into()),
    ],
    owned [
        String::from("é b"),
        Box::<str>::from("é b"),
        Cow::Borrowed("é b"),
        Cow::<str>::Owned("é b".into()),
    ]
}

fn two() -> Vec<Article> {
    vec![Article("a".into()), Article("b".into())]
}

fn array() -> [Article; 2] {
    [Article("a".into()), Article("b".into())]
}

takes! {
    a_slice_is_taken_in_every_form: of_articles(&two()),
    both [
        &two()[..],
        &two(),
        &array(),
        &&two()[..],
        &two().into_boxed_slice(),
        &Rc::<[Article]>::from(two()),
        &Arc::<[Article]>::from(two()),
    ],
    owned [
        two(),
        array(),
        two().into_boxed_slice(),
        Cow::Borrowed(&two()[..]),
        Cow::<[Article]>::Owned(two()),
    ]
}

takes! {
    a_path_is_taken_in_every_form: of_path(Path::new("a/é")),
    both [
        Path::new("a/é"),
        &Path::new("a/é"),
        &PathBuf::from("a/é"),
        &PathBuf::from("a/é").into_boxed_path(),
        &Arc::<Path>::from(Path::new("a/é")),
    ],
    owned [
        PathBuf::from("a/é"),
        PathBuf::from("a/é").into_boxed_path(),
        Cow::Borrowed(Path::new("a/é")),
        "a/é",
        String::from("a/é"),
        &String::from("a/é"),
        OsStr::new("a/é"),
        OsString::from("a/é"),
        &OsString::from("a/é"),
    ]
}

takes! {
    a_text_of_the_system_is_taken_in_every_form: of_os_text(OsStr::new("é")),
    both [OsStr::new("é"), &OsStr::new("é"), &OsString::from("é")],
    owned [OsString::from("é"), String::from("é"), "é"]
}

takes! {
    a_text_of_c_is_taken_in_every_form: of_c_text(c"a"),
    both [c"a", &CString::from(c"a")],
    owned [CString::from(c"a")]
}

fn article() -> Article {
    Article("a".into())
}

takes! {
    any_other_borrow_is_taken_in_every_form: of_article(&article()),
    both [
        &article(),
        &&article(),
        &Box::new(article()),
        &Rc::new(article()),
        &Arc::new(article()),
    ],
    owned [article()]
}

takes! {
    a_borrowed_array_is_taken_in_every_form: of_array(&[1, 2, 3]),
    both [&[1, 2, 3], &&[1, 2, 3]],
    owned [[1, 2, 3]]
}

takes! {
    a_borrowed_vector_is_taken_in_every_form: of_vector(&vec![1, 2, 3]),
    both [&vec![1, 2, 3]],
    owned [vec![1, 2, 3]]
}

takes! {
    a_borrowed_string_is_taken_in_every_form: of_string(&"é".to_owned()),
    both [&"é".to_owned()],
    owned ["é".to_owned()]
}

#[test]
fn a_call_owns_what_its_function_borrows() {
    let text = String::from("a");

    let call = with_lifetimes::new(&text, "a");
    drop(text);

    assert_eq!((&*call.left, &*call.right), ("a", "a"));
    assert!(Inline.submit(call).soon().unwrap());
}

#[test]
fn an_owned_argument_is_moved_and_not_copied() {
    let (text, articles) = (String::from("a"), two());
    let places = (text.as_ptr(), articles.as_ptr());

    let calls = (of_text::new(text), of_articles::new(articles));

    assert_eq!((calls.0.text.as_ptr(), calls.1.articles.as_ptr()), places);
}

#[test]
fn each_input_of_a_map_is_taken_in_any_form() {
    let owned = vec![String::from("a"), String::from("b")];
    let texts = |map: concurrent_futures::Map<'_, String>| map.into_vec().unwrap();

    let given = [
        texts(of_text::map(&Inline, ["a", "b"])),
        texts(of_text::map(&Inline, &owned)),
        texts(of_text::map(&Inline, "a b".split(' '))),
        texts(of_text::starmap(&Inline, [("a",), ("b",)])),
        texts(of_text::map(&Inline, owned)),
    ];

    assert_eq!(given, [["a!", "b!"]; 5]);
}

/// A task whose types another macro has written.
macro_rules! task_of {
    ($name:ident($given:ty) -> $output:ty) => {
        #[task]
        fn $name(given: $given) -> $output {
            given.parse()
        }
    };
}

task_of!(of_macro(&str) -> Result<u8, std::num::ParseIntError>);

#[test]
fn a_macro_may_write_the_types_of_a_task() {
    let outcomes = [
        of_macro::submit(&Inline, "7").try_result().ok(),
        of_macro::submit(&Inline, "x").try_result().ok(),
    ];

    assert_eq!(outcomes, [Some(7), None]);
}
