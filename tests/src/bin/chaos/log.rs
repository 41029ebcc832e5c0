//! What happened in a round, in one order for all processes: a file to which they all append.
//!
//! A note is one number of the kit's tally: what, in which process, of which call.
//!
//! ```text
//!   63   62 61          40 39                             0
//!   | step | process id   | call, or the signal's number  |
//! ```

use tests::far::FileTally;

/// What is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// A call runs.
    Begun,
    /// A call is over, but for its answer.
    Ended,
    /// A call is about to end its process.
    Dying,
    /// A process is about to be sent a signal that may end it.
    Signalled,
}

const STEPS: [Step; 4] = [Step::Begun, Step::Ended, Step::Dying, Step::Signalled];

/// A line of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) step: Step,
    pub(crate) pid: u32,
    /// The call; of `Signalled` the signal's number.
    pub(crate) id: u64,
}

const PID_BITS: u32 = 22;
const ID_BITS: u32 = 40;

/// Appends a line.
pub(crate) fn note(log: &FileTally, step: Step, id: u64, pid: u32) {
    let step = STEPS.iter().position(|known| *known == step);
    let step = step.expect("all are listed") as u64;
    assert!(
        id >> ID_BITS == 0 && pid >> PID_BITS == 0,
        "there is room for both"
    );
    log.note((((step << PID_BITS) | u64::from(pid)) << ID_BITS) | id);
}

/// All lines so far, in their order.
pub(crate) fn notes(log: &FileTally) -> Vec<Note> {
    log.notes().into_iter().map(read).collect()
}

fn read(number: u64) -> Note {
    let pid = (number >> ID_BITS) & ((1 << PID_BITS) - 1);
    let step = (number >> (ID_BITS + PID_BITS)) & 3;
    Note {
        step: STEPS[usize::try_from(step).expect("it is less than four")],
        pid: u32::try_from(pid).expect("it has 22 bits"),
        id: number & ((1 << ID_BITS) - 1),
    }
}
