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
        what: "Returning the failure of a task whose own error is a text",
        case: "failure/question_mark_on_a_returned_text",
        way_out: "`result()??` converts the two errors one by one, a text too; `try_result().map_err(Failure::boxed)?` \
                  makes a boxed error of both.",
    },
    Mistake {
        what: "Returning a failure from a function with an error type of its own",
        case: "failure/question_mark_into_an_error_of_the_program",
        way_out: "Write `result()??`: the first `?` converts the `TaskError`, the second one the task's own error. \
                  An `io::Error` or a `String` is made of any failure by one `?`.",
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
    Mistake {
        what: "Submitting a closure",
        case: "argument/closure_for_a_call",
        way_out: "`pool.spawn(|| …)` runs a closure, on `ThreadPool`, `WorkStealingPool` and `Inline`; `submit` takes calls of tasks.",
    },
    Mistake {
        what: "Spawning a closure on processes",
        case: "portable/closure_on_processes",
        way_out: "A closure cannot become bytes. Put its body in a `#[task]` function, with what it captures as parameters, and submit that. A `Pool` may be one of processes, so it takes no closures either.",
    },
    Mistake {
        what: "Submitting a function and its arguments, as in Python",
        case: "argument/function_and_arguments",
        way_out: "`pool.submit(power, 3, 4)` is written `power::submit(&pool, 3, 4)`. The second error is about the arguments, of which `submit` takes one: the call.",
    },
    Mistake {
        what: "Asking `new` for a number of workers",
        case: "argument/workers_for_new",
        way_out: "`ThreadPool::builder().workers(8).build()?`, or a `Pool` parsed of `threads:8`.",
    },
    Mistake {
        what: "Using a pool before it is out of its `Result`",
        case: "argument/result_for_an_executor",
        way_out: "Add `?`: `ProcessPool::new()?`. `ThreadPool::new()` alone cannot fail.",
    },
    Mistake {
        what: "Taking any executor as `&dyn Executor`",
        case: "argument/executor_as_trait_object",
        way_out: "Take `&dyn AnyExecutor`, or `Box<dyn AnyExecutor>`, which any executor becomes. `dyn Executor<Reach = Here>` is one whose calls stay in the process. `dyn Submit` is no type: it has generic methods.",
    },
    Mistake {
        what: "Cloning a pool",
        case: "shutdown/clone_of_a_pool",
        way_out: "`let pool = Arc::new(pool);`, and clone that; or borrow the pool, in `std::thread::scope`.",
    },
    Mistake {
        what: "Asking threads for a time limit",
        case: "threads/time_limit",
        way_out: "Threads cannot be killed. A `ProcessPool` keeps limits and retries; `result_timeout` ends a wait, and not the call.",
    },
    Mistake {
        what: "Making a task in an `impl`",
        case: "task/in_an_impl",
        way_out: "Write the function beside the `impl`: a task has a type of its own name, which cannot stand in there.",
    },
    Mistake {
        what: "Naming a task like a module",
        case: "task/name_of_a_module_beside_it",
        way_out: "The task's type needs a name of its own: with `#[task(wrapper = ParseTask)]` it is `ParseTask::submit(&pool, …)`, and the function is still `parse`.",
    },
    Mistake {
        what: "Sending what stays on its thread",
        case: "threads/task_with_an_rc_in_use",
        way_out: "`Arc` for `Rc`, `Box<dyn Fn() + Send>` for `Box<dyn Fn()>`, `Mutex` for `RefCell` behind an `Arc`.",
    },
    Mistake {
        what: "Returning a boxed error",
        case: "threads/task_with_a_boxed_error",
        way_out: "Return `Result<_, PortableError>`, which `?` makes from any error, or `Box<dyn Error + Send + Sync>`.",
    },
    Mistake {
        what: "Collecting results as values",
        case: "future/map_into_plain_values",
        way_out: "`double::map(&pool, 0..3).into_vec()?` gives the values, or the first error.",
    },
    Mistake {
        what: "Taking a result twice",
        case: "future/second_result",
        way_out: "`result` takes the future with it. `get` lends the result, as often as it is called; `shared()` makes a future that can be cloned, and each clone has `result`.",
    },
    Mistake {
        what: "Naming our `Future` without its path",
        case: "future/name_without_its_path",
        way_out: "The name alone is the trait of `std`, which is in scope everywhere. Write `concurrent_futures::Future<u32>`, or import it under another name: `use concurrent_futures::Future as Call;`. Beside `use std::future::Future` one of the two needs that.",
    },
    Mistake {
        what: "Putting the attribute of a runtime below ours",
        case: "main/runtime_below",
        way_out: "Swap the two lines.",
    },
];

/// The end of the page: what no case can show.
const UNSEEN: &str = "
## Using an executor whose feature is off

```text
error[E0277]: `ProcessPool` is in the feature `processes` of `concurrent-futures`, which is off; it asks for a Unix
```

Both features, `processes` and `work-stealing`, are on by default. With `default-features = false`
name those that you need in `Cargo.toml`: `features = [\"processes\"]`.

## Reading in a worker what the program put into a static

The compiler does not see this one. In a worker process each static has its first value: a
`OnceLock` that `main` fills is empty there, and `CONFIG.get().unwrap()` in a task panics, in the
worker alone. Pass the value as an argument, or fill the static by `initializer` of
`ProcessPool::builder()`, which each worker runs before its first call.
";

/// Cases whose message has several errors: of several mistakes, or of one that the compiler counts
/// as several.
const SEVERAL_ERRORS: &[&str] = &[
    "argument/function_and_arguments",
    "portable/submitted_closure",
    "task/several_mistakes",
];

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
    page + UNSEEN
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
