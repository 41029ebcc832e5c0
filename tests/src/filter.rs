//! Filters of system calls, as sandboxes set them up.

use std::ptr;

/// What becomes of a call that is forbidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It fails with this error.
    Error(i32),
    /// The thread that makes it ends, and nothing else.
    EndThread,
}

/// Forbids these system calls: to the calling thread, or to each thread of this process.
///
/// # Panics
///
/// If the system has no filters.
pub fn forbid(calls: &[libc::c_long], answer: Answer, each_thread: bool) {
    let answer = match answer {
        Answer::Error(error) => libc::SECCOMP_RET_ERRNO | error.unsigned_abs(),
        Answer::EndThread => libc::SECCOMP_RET_KILL_THREAD,
    };
    let load = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    let equals = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    let give = (libc::BPF_RET | libc::BPF_K) as u16;
    let step = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
    // The number of the call is the first that is told of it.
    let mut steps = vec![step(load, 0, 0)];
    for call in calls {
        let number = u32::try_from(*call).expect("it is a number of a system call");
        steps.extend([step(equals, 1, number), step(give, 0, answer)]);
    }
    steps.push(step(give, 0, libc::SECCOMP_RET_ALLOW));
    set(&mut steps, each_thread);
}

fn set(steps: &mut [libc::sock_filter], each_thread: bool) {
    // SAFETY: it takes four numbers.
    let error = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    assert_eq!(error, 0, "each process may do so");
    let program = libc::sock_fprog {
        len: u16::try_from(steps.len()).expect("it is short"),
        filter: steps.as_mut_ptr(),
    };
    let flags = if each_thread {
        libc::SECCOMP_FILTER_FLAG_TSYNC
    } else {
        0
    };
    // SAFETY: `len` is the number of steps of the program, which is read before this returns.
    let error = unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            flags,
            ptr::from_ref(&program),
        )
    };
    assert_eq!(error, 0, "the system has filters");
}
