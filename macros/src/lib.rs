//! The attributes of `concurrent-futures`: `#[task]` and `#[main]`.
//!
//! An attribute goes four steps:
//!
//! ```text
//!   args, function,
//!   signature         read: syntax only
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
mod report;
mod signature;
mod task;

use proc_macro::TokenStream;
use quote::ToTokens;

use function::Function;
use report::Report;
use task::Task;

/// Makes a function a task, whose calls can be submitted to executors.
///
/// The function stays as it is. Beside it there is a type of the same name, with a
/// public field for each parameter, whose values are calls:
///
/// - `name { … }` and `name::new(…)` make a call;
/// - `name::submit(&executor, …)` submits one and returns its future;
/// - `name::map(&executor, inputs, …)` submits one for each of the inputs, which are
///   zipped if there are several, and yields the results in order; a task
///   without parameters has none;
/// - `name::map_with(&executor, options, inputs, …)` does so as the options say.
///
/// A task owns its arguments, which are named by plain identifiers. An output
/// that is a `Result` counts as a failure if it is an `Err`.
///
/// # Examples
///
/// ```
/// use concurrent_futures::prelude::*;
///
/// #[task]
/// fn repeat(word: String, times: usize) -> String {
///     word.repeat(times)
/// }
///
/// let pool = ThreadPool::new();
/// assert_eq!(repeat("a".into(), 3), "aaa");
/// assert_eq!(repeat::submit(&pool, "b".into(), 2).result()?, "bb");
/// let words = ["c", "d"].map(String::from);
/// assert_eq!(repeat::map(&pool, words, 1..).into_vec()?, ["c", "dd"]);
/// # Ok::<(), TaskError>(())
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

fn task_of(args: TokenStream, function: &Function) -> proc_macro2::TokenStream {
    let (mut report, mut option_report) = (Report::default(), Report::default());
    let args = option_report.note(args::read(args)).unwrap_or_default();
    let options = check::options(&mut option_report, args);
    let signature = signature::read(function);
    check::function(&mut report, function, &signature, &options);
    let task = Task {
        function,
        signature,
        options,
    };
    match (report.end(), option_report.end()) {
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
/// Work that was left to itself (detached futures, pools that were shut down
/// without waiting, pools in statics) runs to its end before the program leaves.
/// Panics of tasks tell their place.
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
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    let text = "this attribute belongs to the function `main`; put it on a `fn`";
    match function::read(item.clone(), text) {
        Ok(function) => main_of(args, function),
        Err(mistake) => fallback::item(item, &mistake),
    }
    .into()
}

fn main_of(args: TokenStream, function: Function) -> proc_macro2::TokenStream {
    let mut report = Report::default();
    check::main(&mut report, &args.into(), &function);
    match report.end() {
        None => entry::main(function),
        Some(mistakes) => fallback::item(function.into_token_stream(), &mistakes),
    }
}
