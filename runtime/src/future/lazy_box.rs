//! A box that is made when somebody first asks for it.
//!
//! Most cells never have one: to them it is one pointer, which is null. Whoever comes first
//! makes it; it then stays where it is as long as the [`LazyBox`] lives.

use std::{marker::PhantomData, ptr};

use crate::sync::{AtomicPtr, Ordering};

/// One pointer, to a `T` or to nothing yet.
pub(super) struct LazyBox<T> {
    made: AtomicPtr<T>,
    owns: PhantomData<Box<T>>,
}

impl<T> LazyBox<T> {
    /// With a `T`, if there is one already.
    #[inline]
    pub(super) fn new(made: Option<Box<T>>) -> Self {
        Self {
            made: AtomicPtr::new(made.map_or(ptr::null_mut(), Box::into_raw)),
            owns: PhantomData,
        }
    }

    /// What is there; `None` if nobody has asked for it.
    #[inline]
    pub(super) fn get(&self) -> Option<&T> {
        // ORDERING: Acquire pairs with the Release in `make_cold`.
        let made = self.made.load(Ordering::Acquire);
        // SAFETY: null, or from a box that goes only with this `LazyBox`; it is only ever shared.
        unsafe { made.as_ref() }
    }

    /// What is there, made by `make` if nothing is.
    pub(super) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        match self.get() {
            Some(there) => there,
            None => self.make_cold(Box::new(make())),
        }
    }

    #[cold]
    fn make_cold(&self, fresh: Box<T>) -> &T {
        let fresh = Box::into_raw(fresh);
        // ORDERING: Release shows `get` what is in the box; Acquire pairs with it, if another one was faster.
        let step =
            self.made
                .compare_exchange(ptr::null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire);
        let there = step.map_or_else(
            |faster| {
                // SAFETY: from the box above; nobody has seen it.
                drop(unsafe { Box::from_raw(fresh) });
                faster
            },
            |_| fresh,
        );
        // SAFETY: from a box that goes only with this `LazyBox`; it is only ever shared.
        unsafe { &*there }
    }
}

impl<T> Drop for LazyBox<T> {
    #[inline]
    fn drop(&mut self) {
        // ORDERING: nobody else has the `LazyBox` any more.
        let made = self.made.load(Ordering::Relaxed);
        if !made.is_null() {
            // SAFETY: from a box, and nobody looks at it again.
            drop(unsafe { Box::from_raw(made) });
        }
    }
}
