//! The docs of the methods that both pools write out, once for both.
//!
//! The methods themselves stay in each pool: rustc shows their lines to a user whose closure cannot
//! be sent, or who uses a pool after its shutdown, and a macro would stand between.

/// The section of an example with a `$pool`, which `$new` makes; `$uses` are further imports.
macro_rules! pool_example {
    ($pool:literal, $uses:literal, $new:expr, $body:literal) => {
        concat!(
            "# Examples\n\n```\nuse concurrent_futures::",
            $pool,
            ";\n",
            $uses,
            "\nlet pool = ",
            $new,
            ";\n",
            $body,
            "\n# Ok::<(), Box<dyn std::error::Error>>(())\n```"
        )
    };
}
pub(crate) use pool_example;

/// The docs of a method of `$pool`; `$new` makes a pool in the example.
macro_rules! pool_docs {
    (spawn, $pool:literal, $new:literal) => {
        concat!(
            r#"Submits a closure, and returns its future.

Blocks only while a [bound](Self::builder) on pending calls is reached. Closures that borrow are
spawned in a [`scope`](Self::scope).

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                $new,
                r#"let words = vec!["one", "two"];
let future = pool.spawn(move || words.concat());
assert_eq!(future.result()?, "onetwo");"#
            )
        )
    };
    (try_spawn, $pool:literal, $new:literal) => {
        concat!(
            r#"Submits a closure whose `Err` counts as a failure.

Blocks as [`spawn`](Self::spawn) does. A [`wait`](crate::wait) for the first exception ends at such
a failure, and [`try_result`](crate::Future::try_result) returns one flat result.

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                $new,
                r#"let future = pool.try_spawn(|| "12".parse::<u8>());
assert_eq!(future.try_result()?, 12);"#
            )
        )
    };
    (scope, $pool:literal, $new:literal) => {
        concat!(
            r#"Runs closures that borrow, and blocks until all that `f` spawned have ended.

Like [`std::thread::scope`], on the threads of the pool. In async code spawn closures that own what
they use, and await them. Closures given to
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

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                $new,
                r#"let mut words = vec!["one".to_owned(), "two".to_owned()];
let (left, right) = words.split_at_mut(1);

let letters = pool.scope(|scope| {
    scope.spawn(|| left[0].push('!')).detach();
    scope.spawn(|| right[0].len()).result()
})?;

assert_eq!((letters, &*words[0]), (3, "one!"));"#
            )
        )
    };
    (shutdown, $pool:literal, $new:literal) => {
        concat!(
            r#"Shuts down the pool: refuses new calls, and blocks until all submitted calls have run.

Dropping the pool does the same. On one of the pool's own threads (in a task or a callback) it does
not wait; the rest is done all the same. In async code call
[`shutdown_detached`](Self::shutdown_detached), or do this on a thread that may block.

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                $new,
                r#"let future = pool.spawn(|| 1);
pool.shutdown();
assert!(future.done());"#
            )
        )
    };
    (shutdown_cancelling, $pool:literal) => {
        concat!(
            r#"Shuts down the pool: cancels the pending calls, and blocks until the running ones have ended.

Returns the number of cancelled calls.

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                concat!($pool, "::builder().workers(1).build()?"),
                r#"let futures: Vec<_> = (0..100).map(|n| pool.spawn(move || n)).collect();
let cancelled = pool.shutdown_cancelling();
assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);"#
            )
        )
    };
    (shutdown_detached, $pool:literal, $new:literal) => {
        concat!(
            r#"Shuts down the pool without waiting: submitted calls run to their end. Does not block.

They do so even after `main` has returned, if it has the attribute
[`#[concurrent_futures::main]`](macro@crate::main).

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "",
                $new,
                r#"let future = pool.spawn(|| 6 * 7);
pool.shutdown_detached();
assert_eq!(future.result()?, 42);"#
            )
        )
    };
    (shutdown_timeout, $pool:literal, $new:literal) => {
        concat!(
            r#"Shuts down the pool: refuses new calls, and blocks until all have run, at most for `limit`.

# Errors

[`StillBusy`](crate::StillBusy) says how many calls were left. They run on in the background, as
after [`shutdown_detached`](Self::shutdown_detached).

"#,
            $crate::pool_common::docs::pool_example!(
                $pool,
                "use std::time::Duration;\n",
                $new,
                r#"let future = pool.spawn(|| 1);
pool.shutdown_timeout(Duration::from_secs(60))?;
assert!(future.done());"#
            )
        )
    };
    (close, $pool:literal, $new:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "use std::sync::Arc;\n",
            concat!("Arc::new(", $new, ")"),
            r#"let before = pool.spawn(|| 1);
pool.close();
assert!(pool.spawn(|| 2).result().unwrap_err().is_rejected());
assert_eq!(before.result()?, 1);"#
        )
    };
    (cancel_pending, $pool:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "",
            concat!($pool, "::builder().workers(1).build()?"),
            r#"let futures: Vec<_> = (0..100).map(|n| pool.spawn(move || n)).collect();
let cancelled = pool.cancel_pending();
assert_eq!(futures.iter().filter(|future| future.cancelled()).count(), cancelled);"#
        )
    };
    (is_closed, $pool:literal, $new:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "",
            $new,
            r#"assert!(!pool.is_closed());
pool.close();
assert!(pool.is_closed());"#
        )
    };
    (is_broken, $pool:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "",
            concat!($pool, r#"::builder().try_initializer(|| Err("no licence")).build()?"#),
            r#"assert!(pool.spawn(|| 1).result().is_err());
assert!(pool.is_broken());"#
        )
    };
    (broken, $pool:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "",
            concat!($pool, r#"::builder().try_initializer(|| Err("no licence")).build()?"#),
            r#"assert!(pool.spawn(|| 1).result().is_err());
let error = pool.broken().expect("the initializer has failed");
assert_eq!(error.to_string(), "executor is broken: initializer failed: no licence");"#
        )
    };
    (wait_idle, $pool:literal, $new:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "",
            $new,
            r#"let future = pool.spawn(|| 1);
pool.wait_idle();
assert!(future.done());"#
        )
    };
    (wait_idle_timeout, $pool:literal, $new:literal) => {
        $crate::pool_common::docs::pool_example!(
            $pool,
            "use std::time::Duration;\n",
            $new,
            r#"let future = pool.spawn(|| 1);
pool.wait_idle_timeout(Duration::from_secs(60))?;
assert!(future.done());"#
        )
    };
}
pub(crate) use pool_docs;
