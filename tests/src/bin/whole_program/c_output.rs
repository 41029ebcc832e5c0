//! Tasks that print as C code does.

use std::{ffi::CString, time::Duration};

use concurrent_futures::{Options, ProcessPool, Submit, task};
use tests::Soon;

/// Prints through the buffers of C, which a pipe has it keep.
#[task]
fn print(number: u32) -> u32 {
    let line = CString::new(format!("C {number}\n")).expect("there is no zero in it");
    // SAFETY: it is text that ends, and asks for no arguments.
    unsafe { libc::printf(c"%s".as_ptr(), line.as_ptr()) };
    number
}

/// A thread waits for input, by C's means, for ever: a thread that flushes all streams waits for
/// it.
#[task]
fn wait_for_input() {
    let (reader, writer) = std::io::pipe().expect("the system gives one");
    std::mem::forget(writer);
    let reader = std::os::fd::IntoRawFd::into_raw_fd(reader);
    std::thread::spawn(move || {
        // SAFETY: the descriptor is open, and the mode is one.
        let stream = unsafe { libc::fdopen(reader, c"r".as_ptr()) };
        // SAFETY: the stream is open, or null, of which nothing is read.
        unsafe { (!stream.is_null()).then(|| libc::fgetc(stream)) };
    });
}

#[task]
fn hang() {
    loop {
        std::thread::park();
    }
}

/// Lines of C before those of this program, and nothing lost to a kill.
pub(crate) fn print_and_hang() {
    let builder = ProcessPool::builder().workers(1);
    let pool = builder.build().expect("this program was initialized");
    wait_for_input::submit(&pool)
        .soon()
        .expect("it starts a thread");
    for number in 0..5 {
        print::submit(&pool, number).soon().expect("it prints");
        println!("program {number}");
    }
    let limit = Options::new().timeout(Duration::from_millis(50));
    let error = pool.submit_with(hang::new(), limit).soon();
    println!("{}", error.is_err_and(|error| error.is_timed_out()));
}
