//! Awaiting: `future.await`, `(&future).await` and `shared.await`.
//!
//! Each poll leaves its waker among the watchers of the call. The future itself has one waker,
//! renewed at each poll; each await of a borrowed future has its own, which it removes when it is
//! dropped. Dropping an await never cancels the call.

use std::{
    future::{Future as StdFuture, IntoFuture},
    pin::Pin,
    task::{Context, Poll},
};

use super::{handle::Future, shared::SharedFuture};
use crate::{
    cell::{CellRef, Token, Watcher},
    error::TaskError,
    unwind,
};

impl<T> StdFuture for Future<T> {
    type Output = Result<T, TaskError>;

    /// # Panics
    ///
    /// If an earlier poll has taken the value.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.cell().is_run_here() {
            return Poll::Ready(Err(TaskError::would_deadlock()));
        }
        if self.cell().set_owner_waker(context) {
            return Poll::Pending;
        }
        Poll::Ready(self.end.take_early())
    }
}

impl<'a, T> IntoFuture for &'a Future<T> {
    type Output = Result<&'a T, TaskError>;
    type IntoFuture = AwaitRef<'a, T>;

    fn into_future(self) -> AwaitRef<'a, T> {
        AwaitRef {
            future: self,
            token: None,
        }
    }
}

/// A std future that lends the result of a borrowed [`Future`]; made by `(&future).await`.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct AwaitRef<'a, T> {
    future: &'a Future<T>,
    token: Option<Token>,
}

impl<'a, T> StdFuture for AwaitRef<'a, T> {
    type Output = Result<&'a T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let future = self.future;
        match poll_borrowed(future.cell(), &mut self.token, context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => Poll::Ready(future.end.lend()),
        }
    }
}

impl<T> Drop for AwaitRef<'_, T> {
    fn drop(&mut self) {
        self.future.cell().take_back(&mut self.token);
    }
}

impl<T: Clone> IntoFuture for SharedFuture<T> {
    type Output = Result<T, TaskError>;
    type IntoFuture = AwaitShared<T>;

    fn into_future(self) -> AwaitShared<T> {
        AwaitShared {
            future: self,
            token: None,
        }
    }
}

/// A std future that clones the result of a [`SharedFuture`]; made by `shared.await`.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct AwaitShared<T> {
    future: SharedFuture<T>,
    token: Option<Token>,
}

impl<T: Clone> StdFuture for AwaitShared<T> {
    type Output = Result<T, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        match poll_borrowed(this.future.cell(), &mut this.token, context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) => Poll::Ready(this.future.end.lend().cloned()),
        }
    }
}

impl<T> Drop for AwaitShared<T> {
    fn drop(&mut self) {
        self.future.cell().take_back(&mut self.token);
    }
}

/// Ready once the call has settled; else the waker is among its watchers.
fn poll_borrowed(
    cell: &CellRef,
    token: &mut Option<Token>,
    context: &Context<'_>,
) -> Poll<Result<(), TaskError>> {
    if cell.is_run_here() {
        return Poll::Ready(Err(TaskError::would_deadlock()));
    }
    cell.take_back(token);
    *token = cell.watch_settled(|| Watcher::Waker(context.waker().clone()));
    if token.is_some() {
        Poll::Pending
    } else {
        Poll::Ready(Ok(()))
    }
}

impl CellRef {
    /// Registers the context's waker as the owner's. False if the call has settled.
    fn set_owner_waker(&self, context: &Context<'_>) -> bool {
        if self.state.load().is_settled() {
            return false;
        }
        // Wakers are user code: cloned before the lock is taken, dropped after.
        let waker = context.waker().clone();
        let mut watchers = self.extras.watchers().lock();
        if self.state.watch().is_settled() {
            return false;
        }
        let old = watchers.set_owner(waker);
        drop(watchers);
        drop_waker(old);
        true
    }

    /// Removes the waker that `token` names, if it is still there.
    fn take_back(&self, token: &mut Option<Token>) {
        if let Some(token) = token.take() {
            let waker = self.extras.watchers().lock().remove(token);
            drop_waker(waker);
        }
    }
}

/// Drops a waker, which is user code too.
fn drop_waker<T>(waker: Option<T>) {
    if waker.is_some() {
        unwind::contain("dropping a waker", || drop(waker));
    }
}
