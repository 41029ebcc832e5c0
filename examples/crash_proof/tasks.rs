//! The tasks: one that works, and eight that come to a bad end.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process;
use std::ptr;

use concurrent_futures::prelude::*;
use rustix::process::{Resource, Rlimit, setrlimit};

/// A number, and the process that found it.
pub(crate) type Answer = Result<(u64, u32), PortableError>;

/// Counts the primes below a number.
#[task]
pub(crate) fn count_primes(below: u64) -> Answer {
    let primes = (2..below).filter(|number| {
        let mut divisors = (2..).take_while(|divisor| divisor * divisor <= *number);
        divisors.all(|divisor| !number.is_multiple_of(divisor))
    });
    Ok((primes.count() as u64, process::id()))
}

/// Does what a wrong pointer does, in a library written in C for example.
#[task]
#[expect(unsafe_code, reason = "crashes for real")]
pub(crate) fn write_to_null() -> Answer {
    let nowhere = black_box(ptr::null_mut::<u64>());
    // SAFETY: there is none, and nothing outside of this process is in danger.
    unsafe { nowhere.write_volatile(1) };
    Err("null was written to".into())
}

/// Gives up at once.
#[task]
pub(crate) fn abort() -> Answer {
    process::abort()
}

/// Needs more stack than there is.
#[task]
pub(crate) fn overflow_the_stack() -> Answer {
    Ok((depth_from(0), process::id()))
}

/// Calls itself, for ever as far as any stack is concerned.
fn depth_from(level: u64) -> u64 {
    let room = black_box([level; 512]);
    match room[511] {
        u64::MAX => 0,
        level => depth_from(level + 1) + 1,
    }
}

/// Leaves, as some libraries do when they are at their wit's end.
#[task]
pub(crate) fn exit_with(code: i32) -> Answer {
    process::exit(code)
}

/// Panics, which ends the call alone: the process stays.
#[task]
pub(crate) fn panic_at(floor: u64) -> Answer {
    assert!(floor != 13, "no floor {floor}");
    Ok((floor, process::id()))
}

/// Returns an error, which is a value like any other.
#[task]
pub(crate) fn read_number(text: &str) -> Answer {
    Ok((text.parse()?, process::id()))
}

/// Says which process this is, and waits for an answer that never comes.
#[task]
pub(crate) fn wait_to_be_killed(door: SocketAddr) -> Answer {
    let mut stream = TcpStream::connect(door)?;
    stream.write_all(&process::id().to_le_bytes())?;
    stream.read_exact(&mut [0])?;
    Err("somebody answered".into())
}

/// Never looks whether it should stop; its time limit ends it.
#[task(timeout = "300ms")]
pub(crate) fn run_for_ever() -> Answer {
    let mut number = 0_u64;
    loop {
        number = black_box(number.wrapping_add(1));
    }
}

/// Prepares a worker: what it says on standard error goes nowhere, and it
/// leaves no core dump, so that the terminal and the folder stay clean.
#[task]
pub(crate) fn be_quiet() -> Result<(), PortableError> {
    rustix::stdio::dup2_stderr(File::options().write(true).open("/dev/null")?)?;
    let nothing = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    Ok(setrlimit(Resource::Core, nothing)?)
}
