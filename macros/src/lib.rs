//! The attributes of `concurrent-futures`: `#[task]` and `#[main]`.
//!
//! An attribute goes four steps:
//!
//! ```text
//!   args, function, signature,
//!   surroundings      read: syntax only
//!   check             judges: every rule, all mistakes at once (report)
//!   expand, entry     write what is right; they cannot fail
//!   fallback          writes what is not
//! ```
//!
//! The user's function is always written, so that one mistake gives one error.

#![forbid(unsafe_code)]

mod args;
mod check;
mod entry;
mod expand;
mod fallback;
mod function;
mod options;
mod report;
mod signature;
mod surroundings;
mod task;

use proc_macro::TokenStream;

use function::MaybeItemFn;
use report::Report;
use task::Task;

/// Makes a function a task, whose calls can be submitted to executors.
///
/// The function stays as it is. Beside it there is a type of the same name, with a
/// public field for each parameter, whose values are calls:
///
/// - `name { … }` and `name::new(…)` make a call;
/// - `name::submit(&executor, …)` submits one and returns its future;
/// - `name::submit_with(&executor, options, …)` does so with `Options`: a name, limits, retries;
/// - `name::try_submit(&executor, …)` does so if the executor is not full, and does not wait;
/// - `name::map(&executor, inputs, …)` submits one for each of the inputs, which are
///   zipped if there are several, and yields the results in order;
/// - `name::starmap(&executor, tuples)` does so for tuples of arguments;
/// - `name::map_with(&executor, options, inputs, …)` does what `map` does, as the options say,
///   and `name::starmap_with(&executor, options, tuples)` what `starmap` does.
///
/// A call is `Debug` and `Clone` if all its arguments are.
///
/// A task without parameters has the first four alone.
///
/// # Parameters and results
///
/// A call owns its arguments: for a parameter of type `&str`, `&[T]`, `&Path` or another `&T` the
/// field is a `String`, `Vec<T>`, `PathBuf` or `T`, and the functions above take whatever becomes
/// one, a `&str` or a `String`, say; a borrow is cloned, a value moved. A parameter that is a
/// pattern has the field `arg0`, or whichever its place is. An unsized type is known by its name
/// (`str`, `…Str`, `…Path`), so not by an alias. A `&'static` is kept as it is; it cannot leave the
/// process, and must be written out, not hidden in an alias or in a type that derives
/// `Deserialize`.
///
/// An output that is a `Result` counts as a failure if it is an `Err`; `try_result` of the
/// future takes it apart. A call can be sent to another process if its parameters and its output
/// are `Portable`; tasks that stay on threads need not be.
///
/// Refused, all at once: `self`, generics, `impl Trait`, `async`, `unsafe`, `&mut`, a borrow
/// inside of a type (`Option<&str>`) or in the result, `-> !`, and `#[cfg]` on a parameter.
///
/// # Editors
///
/// Function and type are two things of one name: rust-analyzer renames both when it is asked
/// at the definition, and only one of them at a use.
///
/// # Options
///
/// - `timeout = "5s"`, or an expression of type `Duration`: the time limit of each call;
/// - `memory = "512MiB"`, in B, kB, MB, GB, KiB, MiB or GiB, or an expression of type `u64`, in
///   bytes: the memory that a call's worker may hold;
/// - `retries = 2`: how often a call is run again that lost its worker;
/// - `backoff = "100ms"`, or an expression of type `Duration`: the time before the first retry,
///   which doubles;
/// - `retry_timeouts = true`: calls that are past their time limit are run again too;
/// - `name = "shop.price"`: a name that stays when the function is moved or renamed, and by which
///   another build of the program finds the task; no two tasks may share one;
/// - `wrapper = PriceTask`: another name for the type, where the function's own would hide
///   a module or a type;
/// - `crate = path`: where this library is, if not in `::concurrent_futures`.
///
/// Executors that cannot keep limits or retries, as threads cannot, refuse the calls of a task that
/// asks for them, unless `skip_unsupported` told them to run these without. What is asked for one
/// call comes before what its task asks, and that before what a pool asks of all: see `Options`,
/// for what each of them means too.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn repeat(word: &str, times: usize) -> String {
///     word.repeat(times)
/// }
///
/// #[task]
/// fn parse(text: &str) -> Result<i64, PortableError> {
///     Ok(text.trim().parse()?)
/// }
///
/// let pool = ThreadPool::new();
/// assert_eq!(repeat("a", 3), "aaa");
/// assert_eq!(repeat::submit(&pool, "b", 2).result()?, "bb");
/// assert_eq!(repeat::map(&pool, ["c", "d"], 1..).into_vec()?, ["c", "dd"]);
/// assert_eq!(repeat::starmap(&pool, [("e", 1), ("f", 2)]).into_vec()?, ["e", "ff"]);
/// let by_two = MapOptions::new().chunk_size(2);
/// let words = repeat::starmap_with(&pool, by_two, [("e", 1), ("f", 2)])?;
/// assert_eq!(words.into_vec()?, ["e", "ff"]);
///
/// let named = Options::new().name("ggg");
/// assert_eq!(repeat::submit_with(&pool, named.clone(), "g", 3).name(), "ggg");
/// assert_eq!(repeat::try_submit(&pool, "g", 3)?.result()?, "ggg");
/// let call = repeat { word: "g".to_owned(), times: 3 };
/// assert_eq!(format!("{call:?}"), r#"repeat { word: "g", times: 3 }"#);
/// assert_eq!(pool.submit(call.clone()).result()?, "ggg");
/// assert_eq!(pool.submit_with(call, named).result()?, "ggg");
///
/// assert_eq!(parse::submit(&pool, " 7 ").try_result()?, 7);
/// assert!(matches!(parse::submit(&pool, "x").try_result(), Err(Failure::Returned(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[proc_macro_attribute]
pub fn task(args: TokenStream, item: TokenStream) -> TokenStream {
    let text = "a task is a function; put `#[task]` on a `fn`";
    match function::read(item.clone(), text) {
        Ok(function) => task_of(args, &function),
        Err(mistake) => fallback::item(item, &mistake),
    }
    .into()
}

fn task_of(args: TokenStream, function: &MaybeItemFn) -> proc_macro2::TokenStream {
    let (mut report, mut option_report) = (Report::default(), Report::default());
    let args = option_report.absorb(args::read(args, "timeout = \"5s\""));
    let options = check::options(&mut option_report, args.unwrap_or_default());
    let task = Task {
        function,
        signature: signature::read(function),
        surroundings: surroundings::of(&function.sig.ident),
        options,
    };
    check::task(&mut report, &task);
    match (report.finish(), option_report.finish()) {
        (None, None) => expand::task(&task),
        (None, Some(mistakes)) => fallback::options(&task, &mistakes),
        (Some(mistakes), None) => fallback::task(&task, &mistakes),
        (Some(mut mistakes), Some(more)) => {
            mistakes.combine(more);
            fallback::task(&task, &mistakes)
        }
    }
}

/// Prepares the program before `main`, and lets detached work end after it.
///
/// The program can be its own worker: a `ProcessPool` starts it again, and such a process runs
/// calls in place of `main`, of which nothing is executed there. What stands before `main` begins,
/// as a constructor of a library does, runs in both.
///
/// Work that was left to itself (detached futures, pools that were shut down
/// without waiting, pools in statics) runs to its end before the program leaves.
/// Panics of tasks tell their place.
///
/// The attribute of an async runtime stands above this one: `#[tokio::main]`, then
/// `#[concurrent_futures::main]`, then `async fn main`. So a process becomes a worker before a
/// runtime starts.
///
/// # Options
///
/// - `crate = path`: where this library is, if not in `::concurrent_futures`.
///
/// # Examples
///
/// ```
/// use concurrent_futures::ThreadPool;
///
/// #[concurrent_futures::main]
/// fn main() {
///     let pool = ThreadPool::new();
///     pool.spawn(|| println!("still printed")).detach();
///     pool.shutdown_detached();
/// }
/// ```
///
/// Without it no worker could be told from the program:
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn who() -> u32 { std::process::id() }
///
/// #[concurrent_futures::main]
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let pool = ProcessPool::builder().workers(1).build()?;
///     assert_ne!(who::submit(&pool).result()?, who());
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    let text = "this attribute belongs to the function `main`; put it on a `fn`";
    match function::read(item.clone(), text) {
        Ok(function) => main_of(args, function),
        Err(mistake) => fallback::item(item, &mistake),
    }
    .into()
}

fn main_of(args: TokenStream, function: MaybeItemFn) -> proc_macro2::TokenStream {
    let mut report = Report::default();
    let args = report.absorb(args::read(args, "crate = path::to::concurrent_futures"));
    let krate = check::main(&mut report, args.unwrap_or_default(), &function);
    match report.finish() {
        None => entry::main(function, krate.as_ref()),
        Some(mistakes) => fallback::main(&function, &mistakes),
    }
}
