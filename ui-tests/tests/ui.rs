//! What the compiler says: of wrong programs word by word, of right ones nothing.
//!
//! Each file in `fail` holds one mistake, with the expected text beside it. The words
//! of a compiler change from version to version, so texts are compared whole on the
//! oldest version that the project supports:
//!
//! ```text
//!   rustc of `rust-version`   trybuild      the whole text
//!   any other rustc           elsewhere     the same errors, each at its place, of its
//!                                           code, with the sentences that are ours
//! ```
//!
//! After a change of a text: `TRYBUILD=overwrite cargo test -p ui-tests` with the
//! pinned version, then read the difference.

#[path = "ui/elsewhere.rs"]
mod elsewhere;
#[path = "ui/text.rs"]
mod text;

use std::{env, process::Command};

use trybuild::TestCases;

macro_rules! refused {
    ($($fact:ident: $topic:literal;)*) => {
        /// The folders of `fail`.
        const TOPICS: &[&str] = &[$($topic),*];

        $(
            #[test]
            fn $fact() {
                if texts_are_pinned() {
                    TestCases::new().compile_fail(concat!("fail/", $topic, "/*.rs"));
                } else {
                    elsewhere::assert_refused($topic);
                }
            }
        )*
    };
}

refused! {
    a_pool_is_not_used_after_its_shutdown: "shutdown";
    a_promise_is_not_kept_twice: "promise";
    what_cannot_cross_threads_is_refused: "threads";
    a_scope_lets_nothing_outlive_what_it_borrows: "scope";
    a_future_is_neither_forgotten_nor_taken_twice: "future";
    a_function_that_cannot_be_a_task_is_told_why: "task";
    an_option_that_makes_no_sense_is_told_why: "options";
    an_argument_of_another_type_is_refused_where_it_is_given: "argument";
    what_cannot_leave_the_process_is_refused_where_it_is_sent: "portable";
    a_main_that_cannot_carry_the_attribute_is_told_why: "main";
    a_failure_that_is_no_error_of_the_caller_is_told_the_way: "failure";
}

#[test]
fn right_programs_compile_and_run() {
    TestCases::new().pass("pass/*.rs");
}

#[test]
fn every_folder_of_cases_is_tried() {
    let mut topics = elsewhere::topics();
    topics.retain(|topic| !TOPICS.contains(&topic.as_str()));

    assert_eq!(topics, Vec::<String>::new());
}

/// Whether the compiler in use is the one whose words stand beside the cases.
fn texts_are_pinned() -> bool {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(compiler).arg("--version").output();
    let said = String::from_utf8(said.expect("there is a compiler").stdout);
    let version = said.expect("a version is a text");
    let pinned = version.starts_with(&format!("rustc {}.", env!("CARGO_PKG_RUST_VERSION")));
    pinned && !version.contains("nightly")
}
