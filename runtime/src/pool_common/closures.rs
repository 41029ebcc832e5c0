//! The methods that submit closures, written once for all pools of this process.
//!
//! They are methods of each pool, and not of a trait, so that a user imports nothing for them.

/// Writes `spawn`, `try_spawn` and `scope` of `$pool`; `$new` makes one in the examples.
macro_rules! closure_methods {
    ($pool:ident, $new:literal) => {
        impl $pool {
            /// Submits a closure.
            ///
            /// Blocks only while the limit on pending calls is reached. Closures that borrow are
            /// spawned in a [`scope`](Self::scope).
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let pool = ", $new, ";")]
            /// let words = vec!["one", "two"];
            /// let future = pool.spawn(move || words.concat());
            /// assert_eq!(future.result()?, "onetwo");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn spawn<F, T>(&self, closure: F) -> $crate::future::Future<T>
            where
                F: FnOnce() -> T + Send + 'static,
                T: Send + 'static,
            {
                $crate::submit::Submit::submit(self, $crate::task::Closure(closure))
            }

            /// Submits a closure whose `Err` counts as a failure.
            ///
            /// Blocks as [`spawn`](Self::spawn) does. A [`wait`](crate::wait) for the first
            /// exception ends at such a failure, and [`try_result`](crate::Future::try_result)
            /// returns one flat result.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let pool = ", $new, ";")]
            /// let future = pool.try_spawn(|| "12".parse::<u8>());
            /// assert_eq!(future.try_result()?, 12);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn try_spawn<F, T, E>(&self, closure: F) -> $crate::future::Future<Result<T, E>>
            where
                F: FnOnce() -> Result<T, E> + Send + 'static,
                T: Send + 'static,
                E: Send + 'static,
            {
                $crate::submit::Submit::submit(self, $crate::task::TryClosure(closure))
            }

            /// Runs closures that borrow, and returns when all that `f` spawned have ended.
            ///
            /// Like [`std::thread::scope`], on the threads of the pool. Closures given to
            /// [`Scope::spawn`](crate::Scope::spawn) may borrow what lives outside of `f`. Blocks
            /// until each of them has run, or was cancelled, and is dropped with all it captured,
            /// also if its future is dropped. On a worker of the pool, the end of the scope runs
            /// pending calls of the scope itself, so scopes may be nested.
            ///
            /// A call that the pool cannot run, for example because it is closed, fails in its
            /// future, as any other does.
            ///
            /// # Panics
            ///
            /// If `f` panics, that panic continues after the end of the scope. If a closure
            /// panicked and its error was given out by no method of its future (`result`, `get`,
            /// a callback, `.await`, …), the first such panic continues there, also if the future
            /// leaves the scope.
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use concurrent_futures::", stringify!($pool), ";")]
            ///
            #[doc = concat!("let pool = ", $new, ";")]
            /// let mut words = vec!["one".to_owned(), "two".to_owned()];
            /// let (left, right) = words.split_at_mut(1);
            ///
            /// let letters = pool.scope(|scope| {
            ///     scope.spawn(|| left[0].push('!')).detach();
            ///     scope.spawn(|| right[0].len()).result()
            /// })?;
            ///
            /// assert_eq!((letters, &*words[0]), (3, "one!"));
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn scope<'env, F, T>(&self, f: F) -> T
            where
                F: for<'scope> FnOnce(&'scope $crate::pool_common::Scope<'scope, 'env>) -> T,
            {
                $crate::pool_common::scope(self, f)
            }
        }
    };
}
pub(crate) use closure_methods;
