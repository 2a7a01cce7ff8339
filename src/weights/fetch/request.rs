//! One request for the missing bytes of a file, and its faults.

use std::io::Read;
use std::time::Duration;

use ureq::http::{Response, Uri};
use ureq::{Agent, Body};

use super::Options;
use super::part::Part;
use crate::error::{Details, Error};
use crate::util::http::{self, Trouble, header};
use crate::util::progress::Progress;

/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The number of bytes that are read at once. A kill loses no more than these.
const CHUNK: usize = 64 * 1024;

/// The largest download, in bytes: about twice the full VGG16. A server that never stops sending must not fill the
/// disk.
const LARGEST: u64 = 1 << 30;

type RequestResult<T> = std::result::Result<T, Fault>;

/// The reason why a request failed, sorted by what to do about it.
pub(super) enum Fault {
    /// Another attempt would fail in the same way.
    Final(Error),
    /// No server was reached.
    Unreachable(String),
    /// The request failed, but the next one may succeed.
    Broken {
        /// What happened, as the second half of a sentence.
        reason: String,
        /// The wait that the server asks for.
        wait: Option<Duration>,
    },
    /// The server's bytes do not continue the part.
    Unfit,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Final(error)
    }
}

/// The address, and the HTTP client for it.
pub(super) struct Source {
    agent: Agent,
    url: String,
}

impl Source {
    pub(super) fn new(options: &Options) -> crate::error::Result<Source> {
        let uri: Uri = options.url.parse().map_err(|error| wrong_address(&options.url, &error))?;
        let host = match (uri.scheme_str(), uri.host()) {
            (Some("http" | "https"), Some(host)) if !host.is_empty() => host,
            _ => return Err(wrong_address(&options.url, &"it is none")),
        };
        let stall = Some(options.retry_policy.stall);
        let mut config = Agent::config_builder()
            .user_agent(concat!("recasketch/", env!("CARGO_PKG_VERSION")))
            // Only plain bytes can be counted, resumed and compared with the digest.
            .accept_encoding("identity")
            .http_status_as_error(false)
            .timeout_resolve(stall)
            .timeout_connect(stall)
            .timeout_per_read(stall)
            .timeout_per_write(stall);
        if http::is_this_machine(host) {
            // For a proxy, the loopback address would mean its own machine.
            config = config.proxy(None);
        }
        Ok(Source { agent: config.build().new_agent(), url: options.url.clone() })
    }

    /// Requests the missing bytes and appends them to the part.
    pub(super) fn ask(&self, part: &mut Part, progress: &Progress) -> RequestResult<()> {
        let response = self.send(part)?;
        let version = header(&response, "etag").map(str::to_owned);
        let (start_over, total) = match response.status().as_u16() {
            200 => (true, header(&response, "content-length").and_then(|text| text.parse().ok())),
            206 => (false, self.fitting(&response, part)?),
            416 if part.length() > 0 => return Err(Fault::Unfit),
            _ => return Err(self.refused(&response)),
        };
        self.refuse_giant(total.unwrap_or(0))?;
        progress.expect(if start_over { 0 } else { part.length() }, total);
        let mut content = response.into_body().into_reader();
        let mut buffer = vec![0; CHUNK];
        let mut count = read(&mut content, &mut buffer)?;
        if start_over {
            // Checked before the old bytes of the part are removed.
            self.refuse_page(&buffer[..count])?;
            // Only a strong ETag promises equal bytes.
            part.start_over(version.filter(|version| !version.starts_with("W/")).as_deref())?;
        }
        while count > 0 {
            self.refuse_giant(part.length())?;
            part.append(&buffer[..count])?;
            progress.advance(count as u64);
            count = read(&mut content, &mut buffer)?;
        }
        match total {
            Some(total) if part.length() < total => {
                Err(broken(format!("the answer ended at {} of {total} bytes", part.length())))
            }
            _ => Ok(()),
        }
    }

    fn send(&self, part: &Part) -> RequestResult<Response<Body>> {
        let mut request = self.agent.get(&self.url);
        if part.length() > 0 {
            request = request.header("Range", format!("bytes={}-", part.length()));
            if let Some(version) = part.version() {
                request = request.header("If-Range", version);
            }
        }
        request.call().map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &ureq::Error) -> Fault {
        let url = &self.url;
        match http::trouble(error) {
            Trouble::Unreachable(reason) => Fault::Unreachable(reason),
            Trouble::Broken(reason) => broken(reason),
            Trouble::Untrusted(reason) => Fault::Final(untrusted(url, &reason)),
            Trouble::Redirects => Fault::Final(Error::Download(Details::plain(
                format!("{url} redirects without an end"),
                "check the address, or name a mirror with --url",
            ))),
            Trouble::Proxy(reason) => Fault::Final(Error::Download(Details::plain(
                format!("the proxy did not lead to {url}: {reason}"),
                "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY in the environment",
            ))),
            Trouble::Address(reason) => Fault::Final(wrong_address(url, &reason)),
        }
    }

    /// The length of the whole file. The range must start at the part's end and be of the same version.
    fn fitting(&self, response: &Response<Body>, part: &Part) -> RequestResult<Option<u64>> {
        let range =
            header(response, "content-range").and_then(|range| range.strip_prefix("bytes "));
        let (start, total) = match range.and_then(|range| range.split_once('/')) {
            Some((range, total)) => {
                (range.split('-').next().and_then(|start| start.trim().parse().ok()), total)
            }
            None => (None, ""),
        };
        let changed = match (part.version(), header(response, "etag")) {
            (Some(kept), Some(came)) => kept != came,
            _ => false,
        };
        if start != Some(part.length()) || changed {
            return Err(Fault::Unfit);
        }
        Ok(total.trim().parse().ok())
    }

    fn refused(&self, response: &Response<Body>) -> Fault {
        let status = response.status();
        if http::is_passing(status) {
            let wait = http::retry_after(response).map(|wait| wait.min(LONGEST_WAIT));
            return Fault::Broken { reason: format!("the server answered {status}"), wait };
        }
        Fault::Final(Error::Download(Details::new(
            format!("a file at {}", self.url),
            format!("the answer {status}"),
            "check the address, or name a mirror with --url",
        )))
    }

    fn refuse_giant(&self, length: u64) -> RequestResult<()> {
        if length <= LARGEST {
            return Ok(());
        }
        Err(Fault::Final(Error::Download(Details::new(
            format!("at most {LARGEST} bytes from {}", self.url),
            format!("{length} bytes or more"),
            "check the address, or name a mirror with --url",
        ))))
    }

    fn refuse_page(&self, start: &[u8]) -> RequestResult<()> {
        if !http::is_page(start) {
            return Ok(());
        }
        Err(Fault::Final(Error::Download(Details::new(
            format!("a file at {}", self.url),
            "a page of HTML",
            "open the address in a browser, because a network may ask you to sign in first, or \
             name a mirror with --url",
        ))))
    }
}

fn read(content: &mut impl Read, buffer: &mut [u8]) -> RequestResult<usize> {
    content.read(buffer).map_err(|error| broken(http::broke(&error)))
}

fn broken(reason: impl Into<String>) -> Fault {
    Fault::Broken { reason: reason.into(), wait: None }
}

fn wrong_address(url: &str, reason: &dyn std::fmt::Display) -> Error {
    Error::Download(Details::new(
        "an address that starts with http:// or https://",
        format!("{url} ({reason})"),
        "check --url",
    ))
}

fn untrusted(url: &str, reason: &dyn std::fmt::Display) -> Error {
    Error::Download(Details::plain(
        format!("the server at {url} is not trusted: {reason}"),
        "check this machine's clock and whether a proxy reads the traffic, or name a mirror with --url",
    ))
}
