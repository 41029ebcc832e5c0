//! The page of the likeliest mistakes: `docs/messages.md`.
//!
//! ```text
//!   LIKELIEST ---.
//!   fail/*.rs ---+--> docs/messages.md
//!   *.stderr ----'
//! ```
//!
//! The programs and the messages are those of the cases in `fail`, so whatever keeps
//! the cases true keeps the page true. To write the page anew:
//! `MESSAGES=overwrite cargo test -p ui-tests --test messages`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// A mistake that many will make.
struct Mistake {
    what: &'static str,
    /// The case in `fail` that makes it.
    case: &'static str,
    way_out: &'static str,
}

const LIKELIEST: &[Mistake] = &[
    Mistake {
        what: "Submitting a function that is no task",
        case: "task/attribute_forgotten",
        way_out: "Put `#[task]` on the function: it adds `word_count::submit`, `word_count::map` and the rest.",
    },
    Mistake {
        what: "Calling the function where a call is wanted",
        case: "argument/function_for_a_call",
        way_out: "`double(4)` runs the function at once; `double::submit(&pool, 4)` submits a call of it, and \
                  `double { n: 4 }` is that call as a value.",
    },
    Mistake {
        what: "Returning a borrow",
        case: "task/borrowed_result",
        way_out: "A result outlives the call and its arguments, so it owns what it holds: return `String`, and end \
                  with `.to_owned()`.",
    },
    Mistake {
        what: "Taking a borrow inside of another type",
        case: "task/borrow_in_an_option",
        way_out: "`&str`, `&[T]` and `&T` may be parameters, since a call can own what they borrow; inside of a type \
                  take the owned one.",
    },
    Mistake {
        what: "Making a method a task",
        case: "task/method",
        way_out: "Write a function beside the `impl`, and take the value: `fn count(counter: Counter) -> u64`.",
    },
    Mistake {
        what: "Spawning a closure that borrows",
        case: "threads/closure_with_a_borrow",
        way_out: "Write `move`, so that the closure owns what it uses; `pool.scope(…)` runs closures that do borrow.",
    },
    Mistake {
        what: "Taking results out of borrowed futures",
        case: "future/result_through_a_borrow",
        way_out: "`result` takes the future, so take the futures too: `for future in futures`. To look at a result and \
                  leave it there, call `get`.",
    },
    Mistake {
        what: "Forgetting that the task itself may fail",
        case: "future/error_of_the_task_left_in",
        way_out: "`result` says whether the call ran; `try_result` unites that with the task's own error, in a `Failure`.",
    },
    Mistake {
        what: "Sending away an error that stays here",
        case: "portable/io_result",
        way_out: "Return `Result<String, PortableError>`, which `?` makes from any error: `Ok(std::fs::read_to_string(path)?)`. \
                  A `ThreadPool` by its own type takes the task as it is.",
    },
    Mistake {
        what: "Shutting down a pool that is shared",
        case: "shutdown/of_a_shared_pool",
        way_out: "`shutdown` takes the pool; `close()` ends one that others hold too.",
    },
    Mistake {
        what: "Starting an async runtime below our attribute",
        case: "main/async_main",
        way_out: "`#[tokio::main]` above `#[concurrent_futures::main]` makes an ordinary function of an `async fn main`, \
                  and the program can still become a worker before the runtime starts. In the other order, or with \
                  `init` called inside of the runtime, tasks of a worker would run inside of it.",
    },
];

/// Cases whose message has several errors: of several mistakes.
const SEVERAL_ERRORS: &[&str] = &["task/several_mistakes"];

#[test]
fn the_page_of_mistakes_shows_what_the_cases_get() {
    // given
    let path = folder().join("../docs/messages.md");

    // when
    let page = page();
    if env::var("MESSAGES").is_ok_and(|what| what == "overwrite") {
        fs::write(&path, &page).expect("docs is a folder");
    }

    // then
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/messages.md differs from the cases; write it anew with \
         `MESSAGES=overwrite cargo test -p ui-tests --test messages`, and read the difference"
    );
}

#[test]
fn one_mistake_gives_one_error() {
    // given
    let mut cases = cases();
    cases.sort();
    assert!(cases.len() > LIKELIEST.len());

    // when
    let has_one = |case: &String| errors(&read(&format!("{case}.stderr"))) == 1;
    cases.retain(|case| !has_one(case));

    // then
    assert_eq!(cases, SEVERAL_ERRORS);
}

fn page() -> String {
    let mut page = "# What the compiler says\n\n\
         The likeliest mistakes, each with the message that it gets and the way out. The page is made \
         of the\ncases in `ui-tests` and checked by them.\n"
        .to_owned();
    for mistake in LIKELIEST {
        page += &section(mistake);
    }
    page
}

fn section(mistake: &Mistake) -> String {
    let Mistake {
        what,
        case,
        way_out,
    } = mistake;
    let program = read(&format!("{case}.rs"));
    let message = message(case);
    format!(
        "\n## {what}\n\n```rust,compile_fail\n{}\n```\n\n```text\n{}\n```\n\n{}\n",
        program.trim(),
        message.trim(),
        wrapped(way_out)
    )
}

/// Prose in lines of at most a hundred columns.
fn wrapped(prose: &str) -> String {
    let mut lines = vec![String::new()];
    for word in prose.split(' ') {
        let line = lines.last_mut().expect("one is there from the start");
        if line.chars().count() + 1 + word.chars().count() > 100 {
            lines.push(word.to_owned());
        } else {
            line.extend([if line.is_empty() { "" } else { " " }, word]);
        }
    }
    lines.join("\n")
}

/// What a user's own program would get: paths as they are there.
fn message(case: &str) -> String {
    read(&format!("{case}.stderr"))
        .replace(&format!("fail/{case}.rs"), "src/main.rs")
        .replace("$WORKSPACE/runtime/", "concurrent-futures/")
}

/// How many errors there are in a message.
fn errors(message: &str) -> usize {
    let is_error = |line: &&str| line.starts_with("error:") || line.starts_with("error[");
    message.lines().filter(is_error).count()
}

/// All cases, each as `topic/what_is_wrong`.
fn cases() -> Vec<String> {
    let topics = entries(&folder().join("fail"));
    let files = topics.iter().flat_map(|topic| entries(topic));
    files
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .map(|file| {
            let case = file.with_extension("");
            let mut names = case.iter().rev().map(|name| name.to_string_lossy());
            let (name, topic) = (names.next().unwrap(), names.next().unwrap());
            format!("{topic}/{name}")
        })
        .collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn read(file: &str) -> String {
    let path = folder().join("fail").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
