//! The task: one URL in, the bytes behind it out.
//!
//! All downloads share one agent, and with it its open connections. Every
//! download has a time limit and a size limit, so none can go on for ever.

use std::io;
use std::sync::LazyLock;

use concurrent_futures::prelude::*;
use thiserror::Error;
use ureq::{Agent, Proxy};

const CONNECT_LIMIT: Duration = Duration::from_secs(10);
const WHOLE_LIMIT: Duration = Duration::from_secs(60);
const SIZE_LIMIT: u64 = 64 << 20;

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let config = Agent::config_builder()
        .timeout_connect(Some(CONNECT_LIMIT))
        .timeout_global(Some(WHOLE_LIMIT))
        .build();
    config.into()
});

/// Downloads one file.
#[task]
pub(crate) fn fetch(url: &str) -> Result<Vec<u8>, FetchError> {
    let request = AGENT.get(url).config().proxy(proxy_for(url)).build();
    let mut answer = request.call()?;
    let body = answer.body_mut().with_config().limit(SIZE_LIMIT);
    Ok(body.read_to_vec()?)
}

/// Why a file could not be downloaded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum FetchError {
    #[error("the server answered with status {0}")]
    Status(u16),
    #[error("the answer took longer than its time limit")]
    TooSlow,
    #[error("the answer is larger than {0} bytes")]
    TooLarge(u64),
    #[error("the answer broke off before its announced end")]
    BrokeOff,
    #[error("the request failed")]
    Request(#[source] ureq::Error),
}

impl From<ureq::Error> for FetchError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::StatusCode(status) => Self::Status(status),
            ureq::Error::Timeout(_) => Self::TooSlow,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::BrokeOff
            }
            error => Self::Request(error),
        }
    }
}

/// The proxy of the environment, except for servers on this very machine,
/// which no proxy could reach.
fn proxy_for(url: &str) -> Option<Proxy> {
    if url.starts_with("http://127.0.0.1:") {
        return None;
    }
    Proxy::try_from_env()
}
