//! Every interleaving of a worker that writes to the ring with a parent that is about to sleep.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use super::wakeup;

/// What both share: the sleep flag, the counter of the ring, and the notifications that are under
/// way.
#[derive(Default)]
struct WakeupModel {
    asleep: AtomicU64,
    published: AtomicU64,
    notifications: AtomicU64,
}

impl WakeupModel {
    /// The worker writes to the ring.
    fn publish(&self, published: u64) {
        self.published.store(published, Ordering::Release);
        if wakeup::must_notify(&self.asleep) {
            self.notifications.fetch_add(1, Ordering::Release);
        }
    }

    /// The parent prepares to sleep; returns the counter. It sleeps only if that has not changed.
    fn prepare_sleep(&self) -> u64 {
        wakeup::prepare_sleep(&self.asleep);
        self.published.load(Ordering::Acquire)
    }

    /// The parent takes the notifications; true if there were any.
    fn drain(&self) -> bool {
        self.notifications.swap(0, Ordering::AcqRel) > 0
    }
}

#[test]
fn loom_what_is_published_is_found_or_notified() {
    loom::model(|| {
        let model = Arc::new(WakeupModel::default());
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
        let model = Arc::new(WakeupModel::default());
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
