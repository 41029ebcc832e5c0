//! The docs of the methods that both pools write out, once for both.
//!
//! The methods themselves stay in each pool: rustc shows their lines to a user whose closure cannot
//! be sent, or who uses a pool after its shutdown, and a macro would stand between.

/// The docs of a method of `$pool`; `$new` makes a pool in the example.
macro_rules! pool_docs {
    (spawn, $pool:literal, $new:literal) => {
        concat!(
            r#"Submits a closure.

Blocks only while the limit on pending calls is reached. Closures that borrow are spawned in a
[`scope`](Self::scope).

# Examples

```
use concurrent_futures::"#,
            $pool,
            r#";

let pool = "#,
            $new,
            r#";
let words = vec!["one", "two"];
let future = pool.spawn(move || words.concat());
assert_eq!(future.result()?, "onetwo");
# Ok::<(), Box<dyn std::error::Error>>(())
```"#
        )
    };
    (try_spawn, $pool:literal, $new:literal) => {
        concat!(
            r#"Submits a closure whose `Err` counts as a failure.

Blocks as [`spawn`](Self::spawn) does. A [`wait`](crate::wait) for the first exception ends at such
a failure, and [`try_result`](crate::Future::try_result) returns one flat result.

# Examples

```
use concurrent_futures::"#,
            $pool,
            r#";

let pool = "#,
            $new,
            r#";
let future = pool.try_spawn(|| "12".parse::<u8>());
assert_eq!(future.try_result()?, 12);
# Ok::<(), Box<dyn std::error::Error>>(())
```"#
        )
    };
    (scope, $pool:literal, $new:literal) => {
        concat!(
            r#"Runs closures that borrow, and returns when all that `f` spawned have ended.

Like [`std::thread::scope`], on the threads of the pool. Closures given to
[`Scope::spawn`](crate::Scope::spawn) may borrow what lives outside of `f`. Blocks until each of
them has run, or was cancelled, and is dropped with all it captured, also if its future is dropped.
On a worker of the pool, the end of the scope runs pending calls of the scope itself, so scopes may
be nested.

A call that the pool cannot run, for example because it is closed, fails in its future, as any other
does.

# Panics

If `f` panics, that panic continues after the end of the scope. If a closure panicked and its error
was given out by no method of its future (`result`, `get`, a callback, `.await`, …), the first such
panic continues there, also if the future leaves the scope.

# Examples

```
use concurrent_futures::"#,
            $pool,
            r#";

let pool = "#,
            $new,
            r#";
let mut words = vec!["one".to_owned(), "two".to_owned()];
let (left, right) = words.split_at_mut(1);

let letters = pool.scope(|scope| {
    scope.spawn(|| left[0].push('!')).detach();
    scope.spawn(|| right[0].len()).result()
})?;

assert_eq!((letters, &*words[0]), (3, "one!"));
# Ok::<(), Box<dyn std::error::Error>>(())
```"#
        )
    };
    (shutdown, $pool:literal, $new:literal) => {
        concat!(
            r#"Takes no more calls, and waits until all that were submitted have run.

On one of the pool's own threads (in a task or a callback) it does not wait; the rest is done all
the same.

# Examples

```
use concurrent_futures::"#,
            $pool,
            r#";

let pool = "#,
            $new,
            r#";
let future = pool.spawn(|| 1);
pool.shutdown();
assert!(future.done());
# Ok::<(), Box<dyn std::error::Error>>(())
```"#
        )
    };
    (shutdown_cancelling, $pool:literal) => {
        concat!(
            r#"Takes no more calls, cancels the pending ones, and waits for the running ones.

Returns how many were cancelled.

# Examples

```
use concurrent_futures::"#,
            $pool,
            r#";

let pool = "#,
            $pool,
            r#"::builder().workers(1).build()?;
let futures: Vec<_> = (0..100).map(|n| pool.spawn(move || n)).collect();
let cancelled = pool.shutdown_cancelling();
assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);
# Ok::<(), Box<dyn std::error::Error>>(())
```"#
        )
    };
    (shutdown_detached) => {
        r#"Takes no more calls, and leaves those that were submitted to themselves. Does not block.

They run to their end even if the program leaves `main` before, where that carries
[`#[concurrent_futures::main]`](macro@crate::main)."#
    };
    (shutdown_timeout) => {
        r#"Takes no more calls, and waits at most for `limit` until all have run.

# Errors

[`StillBusy`](crate::StillBusy) says how many calls were left. They are left to themselves, as by
[`shutdown_detached`](Self::shutdown_detached)."#
    };
}
pub(crate) use pool_docs;
