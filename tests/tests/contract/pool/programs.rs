//! Programs that leave work behind: it runs to its end before they go.

use tests::{Ended, run};

#[track_caller]
fn assert_all_printed(ended: &Ended, code: i32) {
    let lines: Vec<_> = ended.printed.lines().collect();
    let calls: Vec<String> = (0..50).map(|n| format!("call {n}")).collect();
    assert_eq!(lines[0], "main ends", "the work was left to itself");
    assert_eq!(lines[1..], calls);
    assert_eq!(ended.code, Some(code), "{}", ended.complaints);
}

macro_rules! with_attribute {
    ($($fact:ident: $mode:literal, $code:literal;)*) => {$(
        #[test]
        fn $fact() {
            let ended = run(env!("CARGO_BIN_EXE_leaves_work"), $mode, &[]);

            assert_all_printed(&ended, $code);
        }
    )*};
}

with_attribute! {
    work_left_by_a_detached_shutdown_runs_before_the_program_ends: "detached", 0;
    work_left_in_a_static_pool_runs_before_the_program_ends: "static", 0;
    work_left_in_a_forgotten_pool_runs_before_the_program_ends: "forgotten", 0;
    work_left_by_a_main_that_panics_runs_before_the_program_ends: "panic", 101;
    work_left_by_a_main_that_fails_runs_before_the_program_ends: "error", 1;
}

#[test]
fn work_that_submits_more_work_runs_before_the_program_ends() {
    let ended = run(env!("CARGO_BIN_EXE_leaves_work"), "chain", &[]);

    assert_all_printed(&ended, 0);
}

#[test]
fn work_left_behind_runs_before_a_guard_made_by_hand_goes() {
    let ended = run(env!("CARGO_BIN_EXE_leaves_work_by_hand"), "", &[]);

    assert_all_printed(&ended, 0);
}

#[test]
fn a_call_that_comes_after_the_guard_went_is_refused() {
    for mode in ["threads", "stealing", "processes"] {
        let ended = run(env!("CARGO_BIN_EXE_submits_late"), mode, &[]);

        let lines: Vec<_> = ended.printed.lines().collect();
        let refused = "after: rejected: program is leaving: the guard of `init` was dropped; \
                       keep it until the last call is submitted";
        let expected = [
            "before: 2",
            "between: 4",
            "while: 6",
            refused,
            "closed: true",
            "new: 10",
            "again: 12",
        ];
        assert_eq!(lines, expected, "{mode}: {}", ended.complaints);
    }
}

/// As a test does that calls `init`, beside others that do not.
#[test]
fn a_guard_that_goes_on_another_thread_closes_no_pool() {
    let pool = concurrent_futures::ThreadPool::new();

    drop(concurrent_futures::init());

    assert_eq!(pool.spawn(|| 7).result().unwrap(), 7);
    assert!(!pool.is_closed());
}
