//! Programs to which the system gives what others have left behind.

use std::{
    process::{self, Command},
    thread,
};

use concurrent_futures::{ProcessPool, task};
use rustix::process::{getpid, set_child_subreaper};
use tests::{
    Soon,
    far::Death,
    system::{Belongings, children},
};

use crate::leftovers::warm_up;

/// Leaves programs behind, of which some have started others, and ends its worker if it is told to.
#[expect(
    clippy::zombie_processes,
    reason = "it is left behind, for others to reap"
)]
#[task]
fn leave_behind(death: Option<Death>) -> u32 {
    for _ in 0..5 {
        let program = Command::new("sh")
            .args(["-c", "sleep 777 & sleep 777"])
            .spawn();
        program.expect("it starts");
    }
    if let Some(death) = death {
        death.now();
    }
    process::id()
}

pub(crate) fn reap_as_subreaper() {
    set_child_subreaper(Some(getpid())).expect("each process may be one");
    reap();
}

pub(crate) fn reap_as_process_1() {
    assert_eq!(process::id(), 1, "it was started as such");
    reap();
}

/// Nothing is left of what tasks left behind, and the program's own children are its own.
fn reap() {
    warm_up();
    let before = Belongings::now();
    let mut own = Command::new("sh")
        .args(["-c", "exit 7"])
        .spawn()
        .expect("it starts");
    {
        let builder = ProcessPool::builder().workers(2);
        let pool = builder.build().expect("this program was initialized");
        for death in [
            None,
            Some(Death::Kill),
            Some(Death::Exit(0)),
            Some(Death::Abort),
            None,
        ] {
            let outcome = leave_behind::submit(&pool, death).soon();
            assert_eq!(outcome.is_ok(), death.is_none());
        }
        // What the dead have left is reaped while the pool goes on.
        eventually_no_zombies(own.id());
    }
    let status = own.wait().expect("nobody has taken its status");
    assert_eq!(status.code(), Some(7));
    Belongings::are_again(&before);
    println!("nothing left");
}

fn eventually_no_zombies(own: u32) {
    let is_dead = |id: &u32| *id != own && tests::system::is_zombie(*id);
    tests::eventually("the dead are reaped", || {
        thread::yield_now();
        !children().iter().any(is_dead)
    });
}
