//! Prepares each worker before its first task.
//!
//! The lesson: `initializer` runs once on every thread that the pool starts, so
//! that what is costly to make, as a connection is, is made once a worker and
//! not once a call. `name_prefix` names the threads. An initializer that fails
//! breaks the pool, and every future says why.
//!
//! ```text
//!   thread clerk_0: initializer --> connection 1 <-- task, task, task ...
//!   thread clerk_1: initializer --> connection 2 <-- task, task ...
//! ```
//!
//! ```sh
//! cargo run --release --example initializers
//! ```

use std::cell::RefCell;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;

use concurrent_futures::prelude::*;

thread_local! {
    /// This worker's own connection; none on threads of other kinds.
    static CONNECTION: RefCell<Option<BufReader<TcpStream>>> = const { RefCell::new(None) };
}

fn connect(server: SocketAddr) -> io::Result<()> {
    let stream = TcpStream::connect(server)?;
    println!("  {} has connected", thread_name());
    CONNECTION.set(Some(BufReader::new(stream)));
    Ok(())
}

/// Asks the server about a word, through the connection of this worker.
#[task]
fn ask(word: &str) -> Result<String, PortableError> {
    CONNECTION.with_borrow_mut(|connection| {
        let connection = connection.as_mut().ok_or("this thread is not connected")?;
        writeln!(connection.get_mut(), "{word}")?;
        let mut answer = String::new();
        connection.read_line(&mut answer)?;
        Ok(format!("{} heard: {}", thread_name(), answer.trim_end()))
    })
}

#[concurrent_futures::main]
fn main() -> Result<(), Box<dyn Error>> {
    let server = start_server()?;

    println!("two workers, six calls:");
    let pool = ThreadPool::builder()
        .workers(2)
        .name_prefix("clerk")
        .try_initializer(move || connect(server))
        .build()?;
    for answer in ask::map(&pool, ["one", "two", "three", "four", "five", "six"]) {
        println!("  {}", answer??);
    }

    println!("a call on a thread that no initializer has prepared:");
    println!("  {:?}", ask("seven"));

    println!("an initializer that fails:");
    let nobody = free_address()?;
    let broken = ThreadPool::builder()
        .try_initializer(move || connect(nobody))
        .build()?;
    let pending = ask::submit(&broken, "eight");
    println!("  {}", error_of(pending));
    let later = ask::submit(&broken, "nine");
    println!("  and for later calls too: {}", error_of(later));
    Ok(())
}

fn error_of<T>(future: concurrent_futures::Future<T>) -> String {
    match future.exception() {
        Some(error) => error.to_string(),
        None => "it has a value".to_owned(),
    }
}

fn thread_name() -> String {
    let thread = thread::current();
    thread.name().unwrap_or("a nameless thread").to_owned()
}

/// An address without a listener.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Serves each connection from a thread of its own, until the program ends.
fn start_server() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for (number, stream) in (1..).zip(listener.incoming().flatten()) {
            thread::spawn(move || answer(number, stream));
        }
    });
    Ok(address)
}

/// Thinks a while about each line, and says which connection it came by.
fn answer(number: u32, stream: TcpStream) -> io::Result<()> {
    let mut answers = stream.try_clone()?;
    for line in BufReader::new(stream).lines() {
        let word = line?;
        thread::sleep(Duration::from_millis(20));
        writeln!(
            answers,
            "`{word}` has {} letters (connection {number})",
            word.len()
        )?;
    }
    Ok(())
}
