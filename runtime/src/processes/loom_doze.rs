//! Every interleaving of a worker that has news with a parent that is about to sleep.

use loom::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering, fence},
    },
    thread,
};

use super::doze::{self, Flag};

impl Flag for AtomicU64 {
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
struct Line {
    asleep: AtomicU64,
    news: AtomicU64,
    knocks: AtomicU64,
}

impl Line {
    /// The worker puts something into the ring.
    fn publish(&self, news: u64) {
        self.news.store(news, Ordering::Release);
        if doze::must_knock(&self.asleep) {
            self.knocks.fetch_add(1, Ordering::Release);
        }
    }

    /// The parent lies down: what it finds then. It sleeps only if that is what it knew before.
    fn lie_down(&self) -> u64 {
        doze::lie_down(&self.asleep);
        self.news.load(Ordering::Acquire)
    }

    /// The parent hears the knocks that have come, if any.
    fn hear(&self) -> bool {
        self.knocks.swap(0, Ordering::AcqRel) > 0
    }
}

#[test]
fn loom_news_are_found_or_knocked_for() {
    loom::model(|| {
        let line = Arc::new(Line::default());
        let worker = thread::spawn({
            let line = line.clone();
            move || line.publish(1)
        });

        let found = line.lie_down();

        worker.join().expect("no thread of a model panics");
        assert!(found == 1 || line.hear());
    });
}

#[test]
fn loom_who_gets_up_and_lies_down_again_misses_nothing() {
    loom::model(|| {
        let line = Arc::new(Line::default());
        let worker = thread::spawn({
            let line = line.clone();
            move || {
                line.publish(1);
                line.publish(2);
            }
        });

        let first = line.lie_down();
        doze::get_up(&line.asleep);
        line.hear();
        let second = line.lie_down();

        worker.join().expect("no thread of a model panics");
        assert!(first <= second);
        assert!(second == 2 || line.hear());
    });
}
