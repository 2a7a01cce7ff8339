//! Sends the requests for the API's JSON and for the thumbnails. Many threads share one client.

use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Response, Uri};
use ureq::{Agent, Body};

use super::rate_limiter::{RateLimiter, Verdict};
use super::token::Token;
use super::{Options, RetryPolicy};
use crate::error::{Details, Error, Result};
use crate::util::http::{self, Trouble, header};

/// Where a server asks for a longer pause than this, the crawl ends, to be continued later.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// The most redirects of one request.
const REDIRECTS: usize = 5;

/// The most bytes of a thumbnail. The usual thumbnail has about 50 kB, and decoded it takes up to a hundred times as
/// much. The limit keeps a server that sends without an end from filling the memory.
const LARGEST: u64 = 32 << 20;
/// The most bytes of an answer of the API. A usual page has about 100 kB. Parsed JSON takes up to a hundred times as
/// much, above all where it holds many empty values.
const LARGEST_ANSWER: u64 = 4 << 20;

/// The longest time for resolving a host's name, and for connecting to it.
const CONNECT: Duration = Duration::from_secs(20);

/// The most characters of a server's message that are shown.
const LONGEST_DETAIL: usize = 200;

/// Why a request failed, by what to do next.
#[derive(Debug)]
pub(super) enum Fault {
    /// The model or file does not exist.
    Gone(String),
    /// Another attempt would fail the same way.
    Final(String),
    /// A later attempt may succeed. This one counts.
    Passing(String),
    /// The host fails for every request, so this does not count as an attempt.
    Host(String),
    /// The crawl cannot continue.
    Stop(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Stop(error)
    }
}

type RequestResult<T> = std::result::Result<T, Fault>;

/// Sends requests and counts them.
pub(super) struct Client {
    /// For other hosts. It refuses plain http, in redirects too.
    remote: Agent,
    /// For this machine, without a proxy.
    local: Agent,
    api: Uri,
    token: Option<Token>,
    rate_limiter: RateLimiter,
    api_requests: AtomicU64,
    file_requests: AtomicU64,
    bytes: AtomicU64,
}

impl Client {
    /// # Errors
    /// [`Error::Download`] where `options.api` is no https address and not on this machine.
    pub(super) fn new(options: &Options) -> Result<Client> {
        let address = options.api.trim_end_matches('/');
        let api = address.parse().map_err(|_| wrong_address(address))?;
        if !is_safe(&api) {
            return Err(wrong_address(address));
        }
        Ok(Client {
            remote: agent(options, true),
            local: agent(options, false),
            api,
            token: options.token.clone(),
            rate_limiter: RateLimiter::new(options.rate, options.retry_policy),
            api_requests: AtomicU64::new(0),
            file_requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// Returns the numbers of requests to the API, of requests for files, and of bytes received.
    pub(super) fn counts(&self) -> [u64; 3] {
        [&self.api_requests, &self.file_requests, &self.bytes]
            .map(|count| count.load(Ordering::Relaxed))
    }

    /// Returns the API's answer to a path with parameters.
    pub(super) fn json(&self, path: &str, parameters: &[(&str, String)]) -> RequestResult<Value> {
        let base = self.api.to_string();
        let url = format!("{}{path}", base.trim_end_matches('/'));
        self.api_requests.fetch_add(1, Ordering::Relaxed);
        let response = self.send(&url, parameters, true)?;
        let status = response.status();
        let (body, failed) = self.body(response, LARGEST_ANSWER)?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let text = match &self.token {
            Some(token) => token.redacted(text),
            None => text,
        };
        if !status.is_success() {
            return Err(self.refused(status.as_u16(), &text));
        }
        // An answer that was cut off is also invalid JSON, so its length is checked first.
        failed.map_or(Ok(()), |reason| Err(Fault::Passing(reason)))?;
        if http::is_page(text.as_bytes()) {
            let reason = "the API answered with a page of HTML, not JSON";
            return Err(Fault::Passing(reason.to_owned()));
        }
        serde_json::from_str(&text)
            .map_err(|error| Fault::Passing(format!("the API's answer is no JSON ({error})")))
    }

    /// Returns the bytes at a link.
    pub(super) fn file(&self, link: &str) -> RequestResult<Vec<u8>> {
        self.file_requests.fetch_add(1, Ordering::Relaxed);
        let response = self.send(link, &[], false)?;
        let status = response.status();
        match status.as_u16() {
            200 => {}
            404 | 410 => {
                return Err(Fault::Gone(format!("the server answered {status} for the thumbnail")));
            }
            _ => {
                return Err(Fault::Final(format!(
                    "the server answered {status} for the thumbnail"
                )));
            }
        }
        let (body, failed) = self.body(response, LARGEST)?;
        failed.map_or(Ok(body), |reason| Err(Fault::Passing(reason)))
    }

    /// Sends a request and follows redirects, with the same checks at each step.
    fn send(
        &self,
        url: &str,
        parameters: &[(&str, String)],
        api: bool,
    ) -> RequestResult<Response<Body>> {
        let mut uri: Uri = url.parse().map_err(|_| unsafe_link(url))?;
        for step in 0..=REDIRECTS {
            if !is_safe(&uri) {
                return Err(unsafe_link(&uri.to_string()));
            }
            let local = uri.host().is_some_and(http::is_this_machine);
            let agent = if local { &self.local } else { &self.remote };
            let mut request = agent.get(&uri);
            if step == 0 {
                request =
                    request.query_pairs(parameters.iter().map(|(name, value)| (*name, &**value)));
            }
            // The token is sent to the API alone, and to no host that it redirects to.
            let known = uri.authority() == self.api.authority();
            if let Some(token) = self.token.as_ref().filter(|_| api && known) {
                request = request.header("Authorization", token.header());
            }
            let host = host_of(&uri);
            self.rate_limiter.pass(&host);
            let response = self.checked(&host, request.call(), api)?;
            let status = response.status().as_u16();
            match header(&response, "location") {
                Some(location) if matches!(status, 301 | 302 | 303 | 307 | 308) => {
                    uri = http::resolved(&uri, location).ok_or_else(|| unsafe_link(location))?;
                }
                _ => return Ok(response),
            }
        }
        Err(Fault::Final("redirects without an end".to_owned()))
    }

    /// Returns the host's answer, or the fault where it did not answer or asked for a pause.
    fn checked(
        &self,
        host: &str,
        answer: std::result::Result<Response<Body>, ureq::Error>,
        api: bool,
    ) -> RequestResult<Response<Body>> {
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                return Err(match http::trouble(&error) {
                    Trouble::Unreachable(reason) => self.refusal(host, None, reason)?,
                    Trouble::Broken(reason) => Fault::Passing(reason),
                    Trouble::Untrusted(reason) if api => Fault::Stop(untrusted(host, reason)),
                    Trouble::Proxy(reason) => Fault::Stop(no_proxy(host, reason)),
                    Trouble::Untrusted(reason) | Trouble::Address(reason) => Fault::Final(reason),
                    Trouble::Redirects => Fault::Final(error.to_string()),
                });
            }
        };
        let (status, wait) = (response.status(), http::retry_after(&response));
        if !http::is_passing(status) {
            self.rate_limiter.answered(host);
            return Ok(response);
        }
        let reason = format!("the server answered {status}");
        Err(match wait {
            Some(wait) if wait > LONGEST_WAIT => Fault::Stop(sent_away(host, wait)),
            // 429 concerns the whole host, and so does any answer that names a pause.
            _ if status.as_u16() == 429 || wait.is_some() => self.refusal(host, wait, reason)?,
            _ => Fault::Passing(reason),
        })
    }

    fn refusal(&self, host: &str, wait: Option<Duration>, reason: String) -> RequestResult<Fault> {
        match self.rate_limiter.refused(host, wait) {
            Verdict::Model => Ok(Fault::Passing(reason)),
            Verdict::Host => Ok(Fault::Host(reason)),
            Verdict::Stop => Err(Fault::Stop(out_for_too_long(host, &reason))),
        }
    }

    /// Reads a body. Returns also why it is incomplete, where it is.
    fn body(
        &self,
        response: Response<Body>,
        most: u64,
    ) -> RequestResult<(Vec<u8>, Option<String>)> {
        let promised: Option<u64> =
            header(&response, "content-length").and_then(|text| text.trim().parse().ok());
        let mut bytes = Vec::new();
        let mut content = response.into_body().into_reader().take(most + 1);
        let failed = content.read_to_end(&mut bytes).err().map(|error| http::broke(&error));
        let came = bytes.len() as u64;
        self.bytes.fetch_add(came, Ordering::Relaxed);
        if came > most {
            return Err(Fault::Final(format!("the answer has more than {most} bytes")));
        }
        let short = promised.filter(|&promised| came < promised);
        let short = short.map(|promised| format!("the answer ended at {came} of {promised} bytes"));
        Ok((bytes, short.or(failed)))
    }

    /// Sorts the API's refusal by its status.
    fn refused(&self, status: u16, body: &str) -> Fault {
        // The API's refusals are JSON. A page of HTML comes from elsewhere and would not help the reader.
        let said = serde_json::from_str::<Value>(body).ok();
        let said = said.map(|said| said["detail"].as_str().map_or(said.to_string(), str::to_owned));
        let words = said.map_or(String::new(), |said| format!(": {}", shown(&said)));
        let reason = format!("the API answered {status}{words}");
        match status {
            404 | 410 => Fault::Gone(reason),
            401 => Fault::Stop(denied(self.token.is_some(), reason)),
            _ => Fault::Final(reason),
        }
    }
}

fn agent(options: &Options, https_only: bool) -> Agent {
    let RetryPolicy { deadline, .. } = options.retry_policy;
    let mut config = Agent::config_builder()
        .user_agent(user_agent(options.contact.as_deref()))
        // Only uncompressed bytes can be compared with the content length.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .https_only(https_only)
        // `send` follows redirects itself, to check each of them.
        .max_redirects(0)
        .max_idle_connections_per_host(options.downloads + 1)
        .timeout_resolve(Some(deadline.min(CONNECT)))
        .timeout_connect(Some(deadline.min(CONNECT)))
        .timeout_global(Some(deadline));
    if !https_only {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

fn user_agent(contact: Option<&str>) -> String {
    let name = concat!("recasketch/", env!("CARGO_PKG_VERSION"));
    contact.map_or(name.to_owned(), |contact| format!("{name} (contact: {contact})"))
}

/// Returns whether nobody between this machine and the host can read the request.
fn is_safe(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(host)) => !host.is_empty(),
        (Some("http"), Some(host)) => http::is_this_machine(host),
        _ => false,
    }
}

/// Returns the host with its port, by which hosts are distinguished.
fn host_of(uri: &Uri) -> String {
    uri.authority().map_or(String::new(), |authority| authority.as_str().to_lowercase())
}

fn unsafe_link(link: &str) -> Fault {
    Fault::Final(format!("'{}' is not an https address", shown(link)))
}

/// Returns another party's text, cut short and without control characters, which could change the terminal.
fn shown(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(LONGEST_DETAIL).collect()
}

fn wrong_address(address: &str) -> Error {
    Error::Download(Details::new(
        "an address of the API that starts with https://",
        address,
        "check --api; plain http is allowed for this machine only",
    ))
}

fn untrusted(host: &str, reason: String) -> Error {
    Error::Download(Details::new(
        format!("a valid certificate from {host}"),
        reason,
        "check this machine's clock and whether a proxy replaces certificates; the same command \
         then continues",
    ))
}

fn no_proxy(host: &str, reason: String) -> Error {
    Error::Download(Details::plain(
        format!("the proxy does not reach {host} ({reason})"),
        "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY in the environment",
    ))
}

fn sent_away(host: &str, wait: Duration) -> Error {
    Error::Download(Details::plain(
        format!("{host} asks for a pause of {} s, longer than an hour", wait.as_secs()),
        "run the same command again after that time; it continues where it stopped",
    ))
}

fn out_for_too_long(host: &str, reason: &str) -> Error {
    Error::Download(Details::plain(
        format!("{host} has not answered for many minutes ({reason})"),
        "run the same command again later; it continues where it stopped",
    ))
}

fn denied(token: bool, reason: String) -> Error {
    let advice = match token {
        true => "check the token: it may be mistyped, expired or withdrawn",
        false => "give a token in SKETCHFAB_TOKEN or with --token-file",
    };
    Error::Download(Details::plain(reason, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_alone() {
        for (link, safe) in [
            ("https://media.sketchfab.com/a.jpeg", true),
            ("http://media.sketchfab.com/a.jpeg", false),
            ("http://127.0.0.1:8000/a.jpeg", true),
            ("http://[::1]:8000/a.jpeg", true),
            ("http://localhost/a.jpeg", true),
            ("http://localhost.example.com/a.jpeg", false),
            ("file:///etc/passwd", false),
            ("/a.jpeg", false),
        ] {
            assert_eq!(link.parse().is_ok_and(|uri| is_safe(&uri)), safe, "{link}");
        }
    }
}
