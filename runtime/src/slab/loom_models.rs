//! Every interleaving of those who give places back to one page.
//!
//! Run by `tests/run loom`. Loom tells, through the page's tracker, of one that goes while somebody
//! still counts on it; and of one that never goes, whose tracker then leaks.

use std::ptr::NonNull;

use loom::thread;

use super::{Shelf, give_back, page_of};

/// A place on its way to another thread.
struct Sent(NonNull<u8>);

// SAFETY: whoever has a place may give it back.
unsafe impl Send for Sent {}

impl Sent {
    fn give_back(self) {
        // SAFETY: taken by the sender, who does not use it again.
        unsafe { give_back(page_of(self.0), 1) };
    }
}

#[test]
fn a_page_goes_once_when_its_last_place_comes_back() {
    loom::model(|| {
        let shelf = Shelf::<1>::new();
        let (one, two) = (Sent(shelf.take()), Sent(shelf.take()));

        let other = thread::spawn(move || one.give_back());
        two.give_back();
        drop(shelf);

        other.join().expect("it does not panic");
    });
}

#[test]
fn a_place_that_is_kept_elsewhere_keeps_its_page() {
    loom::model(|| {
        let shelf = Shelf::<1>::new();
        let sent = Sent(shelf.take());

        let other = thread::spawn(move || {
            let own = Shelf::<1>::new();
            let first = Sent(own.take());
            let Sent(place) = sent;
            assert!(own.keep(place));
            drop(own);
            first.give_back();
        });
        drop(shelf);

        other.join().expect("it does not panic");
    });
}
