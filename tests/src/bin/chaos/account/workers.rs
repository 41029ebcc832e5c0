//! How many calls ran at once, and how many in each process.

use std::collections::{HashMap, HashSet};

use crate::log::{Note, Step};

/// Processes that began more calls than `max_tasks` allows.
pub(super) fn overused(notes: &[Note], most: u64) -> Vec<String> {
    let mut begun: HashMap<u32, u64> = HashMap::new();
    for note in notes.iter().filter(|note| note.step == Step::Begun) {
        *begun.entry(note.pid).or_insert(0) += 1;
    }
    let over = begun.into_iter().filter(|(_, calls)| *calls > most);
    over.map(|(pid, calls)| format!("process {pid} began {calls} calls of at most {most}"))
        .collect()
}

/// The first moment at which more calls ran than there may be workers.
///
/// A run whose end nothing tells counts for nothing: a time limit, say, may have ended it at any
/// moment.
pub(super) fn too_many_at_once(notes: &[Note], workers: usize) -> Option<String> {
    let told = told(notes);
    let mut running: HashSet<(u64, u32)> = HashSet::new();
    for (place, note) in notes.iter().enumerate() {
        match note.step {
            Step::Begun if told.contains(&place) => {
                running.insert((note.id, note.pid));
            }
            Step::Begun => {}
            Step::Ended | Step::Dying => {
                running.remove(&(note.id, note.pid));
            }
            Step::Signalled => running.retain(|(_, pid)| *pid != note.pid),
        }
        if running.len() > workers {
            return Some(format!(
                "{} calls at once on {workers} workers: {running:?}",
                running.len()
            ));
        }
    }
    None
}

/// The places of those beginnings after which the log tells of an end.
fn told(notes: &[Note]) -> HashSet<usize> {
    let mut open: HashMap<(u64, u32), usize> = HashMap::new();
    let mut told = HashSet::new();
    for (place, note) in notes.iter().enumerate() {
        match note.step {
            Step::Begun => {
                open.insert((note.id, note.pid), place);
            }
            Step::Ended | Step::Dying => told.extend(open.remove(&(note.id, note.pid))),
            Step::Signalled => {
                let struck = open.extract_if(|(_, pid), _| *pid == note.pid);
                told.extend(struck.map(|(_, place)| place));
            }
        }
    }
    told
}
