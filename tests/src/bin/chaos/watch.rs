//! The deadline of a round: whatever hangs is shown and ends the program.

use std::{
    process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tests::{
    far::FileTally,
    system::{children, is_stopped},
};

use crate::{
    board::Board,
    log::{Note, notes},
};

/// How long a round may take: many times what one takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The round that runs.
struct Watched {
    since: Instant,
    /// How to run it again, and what it is.
    tale: String,
    log: FileTally,
    board: Arc<Board>,
}

static WATCHED: Mutex<Option<Watched>> = Mutex::new(None);

/// Starts to watch, for the rest of the program.
pub(crate) fn start() {
    thread::spawn(|| {
        loop {
            thread::sleep(Duration::from_millis(500));
            if let Some(watched) = &*watched()
                && watched.since.elapsed() > LIMIT
            {
                watched.show();
                process::abort();
            }
        }
    });
}

/// The clock of a round begins.
pub(crate) fn begin(tale: String, log: &FileTally, board: &Arc<Board>) {
    *watched() = Some(Watched {
        since: Instant::now(),
        tale,
        log: log.clone(),
        board: board.clone(),
    });
}

/// The round is over.
pub(crate) fn end() {
    *watched() = None;
}

/// What is said of the round that runs when something panics.
pub(crate) fn tale() -> String {
    let watched = WATCHED.try_lock();
    let tale = watched
        .ok()
        .and_then(|watched| Some(watched.as_ref()?.tale.clone()));
    tale.unwrap_or_else(|| "between two rounds".to_owned())
}

fn watched() -> MutexGuard<'static, Option<Watched>> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    fn show(&self) {
        println!("chaos: HANGS: not over after {LIMIT:?}: {}", self.tale);
        let open = self.board.open();
        println!("{} calls have no outcome: {:?}", open.len(), first(&open));
        let all = notes(&self.log);
        for id in first(&open) {
            let of_it: Vec<&Note> = all.iter().filter(|note| note.id == *id).collect();
            println!("call {id}: {of_it:?}");
        }
        let children = children().into_iter().map(|pid| (pid, is_stopped(pid)));
        println!(
            "children, and whether they are stopped: {:?}",
            children.collect::<Vec<_>>()
        );
        let last = all.len().saturating_sub(20);
        all[last..].iter().for_each(|note| println!("{note:?}"));
    }
}

fn first(ids: &[u64]) -> &[u64] {
    &ids[..ids.len().min(20)]
}
