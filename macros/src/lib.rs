//! The attributes of `concurrent-futures`: `#[task]` and `#[main]`.
//!
//! An attribute goes three steps: `check` judges what was written (every rule, all
//! mistakes at once), `signature` reads what a task is made of, `expand` and `entry`
//! write what it becomes. The user's function is always written, so that one mistake
//! gives one error.

#![forbid(unsafe_code)]

use proc_macro::TokenStream;
use quote::quote;
use syn::{Item, ItemFn};

mod check;
mod entry;
mod expand;
mod signature;

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
    let function = match function(item, "a task is a function; put `#[task]` on a `fn`") {
        Ok(function) => function,
        Err(written) => return written,
    };
    let result = check::task(&args.into(), &function).and_then(|()| signature::read(&function));
    match result {
        Ok(signature) => expand::task(&function, &signature),
        Err(mistakes) => expand::refused(&function, &mistakes),
    }
    .into()
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
    let function = match function(item, text) {
        Ok(function) => function,
        Err(written) => return written,
    };
    match check::main(&args.into(), &function) {
        Ok(()) => entry::main(function),
        Err(mistakes) => expand::refused(&function, &mistakes),
    }
    .into()
}

/// The function that an attribute stands on; else what to write in its place:
/// the item as it was, and what is wrong with it.
fn function(item: TokenStream, text: &str) -> Result<ItemFn, TokenStream> {
    let mistake = match syn::parse::<Item>(item.clone()) {
        Ok(Item::Fn(function)) => return Ok(function),
        Ok(other) => syn::Error::new_spanned(other, text),
        Err(mistake) => mistake,
    };
    let (mistake, item) = (
        mistake.to_compile_error(),
        proc_macro2::TokenStream::from(item),
    );
    Err(quote!(#mistake #item).into())
}
