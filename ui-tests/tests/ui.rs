//! What the compiler says: of wrong programs word by word, of right ones nothing.
//!
//! Each file in `fail` holds one mistake, with the expected text beside it. After
//! a change of a text: `TRYBUILD=overwrite cargo test -p ui-tests`, then read the
//! difference.

use trybuild::TestCases;

macro_rules! refused {
    ($($fact:ident: $files:literal;)*) => {$(
        #[test]
        fn $fact() {
            TestCases::new().compile_fail($files);
        }
    )*};
}

refused! {
    a_pool_is_not_used_after_its_shutdown: "fail/shutdown/*.rs";
    a_promise_is_not_kept_twice: "fail/promise/*.rs";
    what_cannot_cross_threads_is_refused: "fail/threads/*.rs";
    a_scope_lets_nothing_outlive_what_it_borrows: "fail/scope/*.rs";
    a_future_is_neither_forgotten_nor_taken_twice: "fail/future/*.rs";
    a_function_that_cannot_be_a_task_is_told_why: "fail/task/*.rs";
    an_option_that_makes_no_sense_is_told_why: "fail/options/*.rs";
    an_argument_of_another_type_is_refused_where_it_is_given: "fail/argument/*.rs";
    what_cannot_leave_the_process_is_refused_where_it_is_sent: "fail/portable/*.rs";
    a_main_that_cannot_carry_the_attribute_is_told_why: "fail/main/*.rs";
}

#[test]
fn right_programs_compile_and_run() {
    TestCases::new().pass("pass/*.rs");
}
