//! A small web server on this machine, for as long as its value lives.
//!
//! It answers each page after a delay that depends on the page alone, so the
//! serial and the concurrent run meet the very same server. One of its URLs
//! leads nowhere, and one answer ends before its announced length.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::pages::Pages;

const MISSING: &str = "/missing.md";
const BROKEN: &str = "/broken.md";

/// A running server; dropping it ends it and waits until it has ended.
pub(crate) struct LocalServer {
    address: SocketAddr,
    paths: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl LocalServer {
    /// Serves the pages from a thread of its own, on a free port.
    pub(crate) fn start(pages: Pages) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let paths = pages.paths().chain([MISSING, BROKEN]);
        let paths = paths.map(str::to_owned).collect();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("web server".to_owned())
            .spawn(move || serve(&runtime, listener, pages, stopped))?;
        Ok(Self {
            address,
            paths,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The URLs of all pages, and of the two that fail.
    pub(crate) fn urls(&self) -> Vec<String> {
        let url = |path: &String| format!("http://{}{path}", self.address);
        self.paths.iter().map(url).collect()
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if let Some(Ok(Err(error))) = ended {
            eprintln!("the web server failed: {error}");
        }
    }
}

/// Runs until the other end of `stopped` is dropped.
fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    pages: Pages,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = Router::new().fallback(answer).with_state(Arc::new(pages));
        axum::serve(listener, router)
            .with_graceful_shutdown(async { drop(stopped.await) })
            .await
    })
}

async fn answer(State(pages): State<Arc<Pages>>, uri: Uri) -> Response {
    let path = uri.path();
    tokio::time::sleep(delay(path)).await;
    match pages.get(path) {
        Some(page) => page.to_vec().into_response(),
        None if path == BROKEN => broken_answer(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// 30 to 80 ms, always the same for the same path.
fn delay(path: &str) -> Duration {
    let hash = path.bytes().fold(0_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    Duration::from_millis(30 + hash % 51)
}

/// Announces more bytes than it sends, then closes the connection.
fn broken_answer() -> Response {
    let sent = Ok::<_, io::Error>("only the beginning");
    let body = Body::from_stream(stream::iter([sent]));
    ([(header::CONTENT_LENGTH, "4096")], body).into_response()
}
