//! A small web server on this machine, for the lessons that fetch pages.
//!
//! It speaks the part of HTTP that they need: `GET`, one request after another on a connection. A
//! thread serves each connection, and all of them end with the program.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// What a path is answered with.
pub(crate) struct Answer {
    /// The status line's code and reason.
    pub(crate) status: &'static str,
    /// The announced length; a body that is shorter breaks off.
    pub(crate) length: usize,
    /// What is sent.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn page(body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len();
        Self {
            status: "200 OK",
            length,
            body,
        }
    }

    pub(crate) fn not_found() -> Self {
        Self {
            status: "404 Not Found",
            ..Self::page([])
        }
    }
}

/// Starts a server on a free port; `answer` gets the path of each request.
pub(crate) fn start(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || serve(&connection, &*answer));
        }
    });
    Ok(address)
}

/// Answers the requests of one connection, until the client closes it or an answer breaks off.
fn serve(mut connection: &TcpStream, answer: &dyn Fn(&str) -> Answer) -> io::Result<()> {
    let mut requests = BufReader::new(connection);
    while let Some(path) = next_request(&mut requests)? {
        let answer = answer(&path);
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Length: {}\r\n\r\n",
            answer.status, answer.length
        );
        connection.write_all(&[head.as_bytes(), &answer.body].concat())?;
        if answer.body.len() < answer.length {
            break;
        }
    }
    Ok(())
}

/// The path of the next request; none once the client has closed the connection.
fn next_request(connection: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    let path = line.split(' ').nth(1).map(str::to_owned);
    while line.trim_end() != "" {
        line.clear();
        connection.read_line(&mut line)?;
    }
    Ok(path)
}
