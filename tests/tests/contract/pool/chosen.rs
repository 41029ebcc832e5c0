//! An executor that a text names: which one that is, and what is said of a text that names none.

use std::{ffi::OsStr, process::Command};

use concurrent_futures::{
    BuildError, Executor, Inline, Pool, PoolChoice, PoolChoiceError, PoolError, ProcessPool,
    Submit, ThreadPool, WorkStealingPool,
};
use tests::{Ended, Soon, run_command};

use crate::tasks::{double, whereabouts};

/// What can be chosen, in a sentence.
const OFFERED: &str = "choose one of `inline`, `threads`, `threads:N`, `stealing`, `stealing:N`, `processes`, `processes:N`";

#[test]
fn every_name_makes_its_executor() {
    let (threads, processes) = (ThreadPool::new(), ProcessPool::new().unwrap());
    let stealing = WorkStealingPool::new().unwrap();
    let texts = [
        "inline",
        "threads",
        "threads:3",
        "stealing",
        "stealing:3",
        "processes",
        "processes:2",
    ];
    let made = texts.map(|text| text.parse::<Pool>().unwrap());

    let workers = made.map(|pool| pool.workers());

    let (threads, stealing) = (threads.workers(), stealing.workers());
    assert_eq!(
        workers,
        [1, threads, 3, stealing, 3, processes.workers(), 2]
    );
}

#[test]
fn calls_run_where_the_text_says() {
    let runs_here = ["inline", "threads:2", "stealing:2", "processes:1"].map(|text| {
        let pool: Pool = text.parse().unwrap();
        let (process, _) = pool.submit(whereabouts {}).soon().unwrap();
        process == std::process::id()
    });

    assert_eq!(runs_here, [true, true, true, false]);
}

#[test]
fn a_choice_is_written_as_it_is_read() {
    for text in [
        "inline",
        "threads",
        "threads:8",
        "stealing",
        "stealing:2",
        "processes",
        "processes:4",
    ] {
        let choice: PoolChoice = text.parse().unwrap();

        assert_eq!(choice.to_string(), text);
        assert_eq!(choice.to_string().parse(), Ok(choice.clone()));
        assert_eq!(choice.build().unwrap().to_string(), text);
    }
}

#[test]
fn blanks_around_a_choice_do_not_matter() {
    let choice: PoolChoice = " threads:8\n".parse().unwrap();

    assert_eq!(Ok(choice), "threads:08".parse());
}

#[test]
fn all_names_that_are_listed_can_be_chosen() {
    for name in PoolChoice::NAMES {
        let text = name.replace('N', "2");

        assert_eq!(text.parse::<PoolChoice>().unwrap().to_string(), text);
    }
}

#[test]
fn the_texts_of_choice_errors() {
    let cases = [
        (
            "thread",
            format!("no executor is called `thread`; {OFFERED}"),
        ),
        (
            "Threads",
            format!("no executor is called `Threads`; {OFFERED}"),
        ),
        (
            "cluster:3",
            format!("no executor is called `cluster`; {OFFERED}"),
        ),
        (" ", format!("an empty text names no executor; {OFFERED}")),
        (
            "inline:3",
            "`inline:3` asks `inline` for workers, of which it has none; write `inline`".into(),
        ),
        (
            "threads:x",
            "`threads:x` gives no number of workers; write `threads:8`, say".into(),
        ),
        (
            "processes:",
            "`processes:` gives no number of workers; write `processes:8`, say".into(),
        ),
        (
            "threads:-1",
            "`threads:-1` gives no number of workers; write `threads:8`, say".into(),
        ),
        (
            "threads:0",
            "`threads:0` asks for no worker at all; write `threads:1`, or more".into(),
        ),
    ];

    for (text, expected) in cases {
        let error = text.parse::<PoolChoice>().unwrap_err();

        assert_eq!(error.to_string(), expected);
        assert_eq!(text.parse::<Pool>().unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_number_that_no_pool_can_have_is_refused_when_it_is_built() {
    for name in ["threads", "stealing", "processes"] {
        let choice: PoolChoice = format!("{name}:99999999").parse().unwrap();

        let error = choice.build().unwrap_err();

        let is_meant = matches!(error, PoolError::Build(BuildError::TooManyWorkers { .. }));
        assert!(is_meant, "{error:?}");
    }
}

/// Runs a program whose environment says this of its executor, and whose `main` returns what goes
/// wrong.
fn run_with(executor: Option<impl AsRef<OsStr>>) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chosen"));
    match executor {
        Some(executor) => command.env("EXECUTOR", executor),
        None => command.env_remove("EXECUTOR"),
    };
    run_command(command)
}

#[test]
fn a_variable_chooses_the_executor() {
    let cases = [
        (None, "threads:2, here\n"),
        (Some("inline"), "inline, here\n"),
        (Some("threads"), "threads, here\n"),
        (Some("stealing:1"), "stealing:1, here\n"),
        (Some("processes:1"), "processes:1, elsewhere\n"),
    ];

    for (executor, printed) in cases {
        assert_eq!(run_with(executor).printed, printed);
    }
}

#[test]
fn a_variable_that_names_no_executor_is_told_by_its_name() {
    let told = ["thread", "", "inline:3"].map(|text| run_with(Some(text)).complaints);

    let expected = [
        format!("no executor is called `thread`; {OFFERED}"),
        format!("an empty text names no executor; {OFFERED}"),
        "`inline:3` asks `inline` for workers, of which it has none; write `inline`".to_owned(),
    ];
    assert_eq!(
        told,
        expected.map(|text| format!("Error: environment variable `EXECUTOR`: {text}\n"))
    );
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_unicode_is_told_as_far_as_it_can_be() {
    use std::os::unix::ffi::OsStrExt;

    let told = run_with(Some(OsStr::from_bytes(b"threads\xff"))).complaints;

    let expected = format!("no executor is called `threads\u{fffd}`; {OFFERED}\n");
    assert_eq!(
        told,
        format!("Error: environment variable `EXECUTOR`: {expected}")
    );
}

#[test]
fn a_wrong_default_is_an_error_that_names_no_variable() {
    let error = Pool::from_env("A_VARIABLE_THAT_NOBODY_SETS", "thread").unwrap_err();

    let name = match &error {
        PoolError::Choice(PoolChoiceError::Unknown { name, .. }) => Some(&**name),
        _ => None,
    };
    assert_eq!(name, Some("thread"), "{error:?}");
}

#[test]
fn a_pool_made_of_an_executor_has_the_text_that_would_have_chosen_it() {
    let pools = [
        Pool::from(Inline),
        ThreadPool::builder().workers(3).build().unwrap().into(),
        WorkStealingPool::builder()
            .workers(2)
            .build()
            .unwrap()
            .into(),
        ProcessPool::builder().workers(2).build().unwrap().into(),
        Pool::new(ThreadPool::builder().workers(4).build().unwrap()),
        Pool::new(Pool::new(Inline)),
    ];

    let texts = pools.map(|pool| {
        assert_eq!(double::submit(&pool, 2).soon().unwrap(), 4);
        format!("{pool:>12}")
    });

    assert_eq!(
        texts.map(|text| text.trim_start().to_owned()),
        [
            "inline",
            "threads:3",
            "stealing:2",
            "processes:2",
            "threads:4",
            "inline"
        ]
    );
}

#[test]
fn debug_of_a_pool_shows_what_is_inside() {
    let threads: Pool = "threads:2".parse().unwrap();
    let inline: Pool = "inline".parse().unwrap();

    let texts = [format!("{threads:?}"), format!("{inline:?}")];

    assert!(
        texts[0].starts_with("Pool { name: \"threads:2\", inside: ThreadPool {"),
        "{texts:?}"
    );
    assert!(
        texts[1].starts_with("Pool { name: \"inline\", inside: concurrent_futures::"),
        "{texts:?}"
    );
}
