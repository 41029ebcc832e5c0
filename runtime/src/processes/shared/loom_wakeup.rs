//! Every interleaving of a worker that has news with a parent that is about to sleep.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering, fence},
    },
    thread,
};

use super::wakeup::{self, SleepFlag};

impl SleepFlag for AtomicU64 {
    fn store(&self, value: u64) {
        self.store(value, Ordering::Relaxed);
    }

    fn load(&self) -> u64 {
        self.load(Ordering::Relaxed)
    }

    fn swap(&self, value: u64) -> u64 {
        self.swap(value, Ordering::AcqRel)
    }

    fn fence() {
        fence(Ordering::SeqCst);
    }
}

/// What both share: whether the parent sleeps, how much news there is, and knocks that were not heard.
#[derive(Default)]
struct Model {
    asleep: AtomicU64,
    published: AtomicU64,
    notifications: AtomicU64,
}

impl Model {
    /// The worker puts something into the ring.
    fn publish(&self, published: u64) {
        self.published.store(published, Ordering::Release);
        if wakeup::must_notify(&self.asleep) {
            self.notifications.fetch_add(1, Ordering::Release);
        }
    }

    /// The parent lies down: what it finds then. It sleeps only if that is what it knew before.
    fn prepare_sleep(&self) -> u64 {
        wakeup::prepare_sleep(&self.asleep);
        self.published.load(Ordering::Acquire)
    }

    /// The parent hears the knocks that have come, if any.
    fn drain(&self) -> bool {
        self.notifications.swap(0, Ordering::AcqRel) > 0
    }
}

#[test]
fn loom_what_is_published_is_found_or_notified() {
    loom::model(|| {
        let model = Arc::new(Model::default());
        let worker = thread::spawn({
            let model = model.clone();
            move || model.publish(1)
        });

        let found = model.prepare_sleep();

        worker.join().expect("no thread of a model panics");
        assert!(found == 1 || model.drain());
    });
}

#[test]
fn loom_no_wakeup_is_lost_when_a_sleep_is_cancelled_and_prepared_again() {
    loom::model(|| {
        let model = Arc::new(Model::default());
        let worker = thread::spawn({
            let model = model.clone();
            move || {
                model.publish(1);
                model.publish(2);
            }
        });

        let first = model.prepare_sleep();
        wakeup::cancel_sleep(&model.asleep);
        model.drain();
        let second = model.prepare_sleep();

        worker.join().expect("no thread of a model panics");
        assert!(first <= second);
        assert!(second == 2 || model.drain());
    });
}
