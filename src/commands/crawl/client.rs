//! Requests, one at a time from many threads: the API's JSON and the thumbnails' bytes.

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

/// The longest that a server may ask us to stay away before the crawl ends, to be gone on with later.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);

/// How many redirects one request may lead through.
const REDIRECTS: usize = 5;

/// A thumbnail has some 50 kB and a page of the API some 100, which take up to a hundred times as much once they are
/// read; a server that sends without an end, or many empty values, must not fill the memory.
const LARGEST: u64 = 32 << 20;
const LARGEST_ANSWER: u64 = 4 << 20;

/// How long a host may take to be reached at all.
const CONNECT: Duration = Duration::from_secs(20);

/// How much of a server's own words is repeated.
const LONGEST_DETAIL: usize = 200;

/// Why a request brought nothing, sorted by what to do about it.
#[derive(Debug)]
pub(super) enum Fault {
    /// There is no such model or file.
    Gone(String),
    /// Another attempt would end alike.
    Final(String),
    /// It may go well later; it counts as an attempt.
    Passing(String),
    /// The host is in trouble, whatever is asked of it.
    Host(String),
    /// The crawl cannot go on.
    Stop(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Stop(error)
    }
}

type Outcome<T> = std::result::Result<T, Fault>;

/// How to ask, and what was asked.
pub(super) struct Client {
    /// For any host; refuses plain http, in redirects too.
    far: Agent,
    /// For this machine, past any proxy.
    near: Agent,
    api: Uri,
    token: Option<Token>,
    rate_limiter: RateLimiter,
    api_requests: AtomicU64,
    file_requests: AtomicU64,
    bytes: AtomicU64,
}

impl Client {
    /// # Errors
    /// [`Error::Download`] where `options.api` is no address.
    pub(super) fn new(options: &Options) -> Result<Client> {
        let address = options.api.trim_end_matches('/');
        let api = address.parse().map_err(|_| wrong_address(address))?;
        if !is_safe(&api) {
            return Err(wrong_address(address));
        }
        Ok(Client {
            far: agent(options, true),
            near: agent(options, false),
            api,
            token: options.token.clone(),
            rate_limiter: RateLimiter::new(options.rate, options.retry_policy),
            api_requests: AtomicU64::new(0),
            file_requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// How many requests went to the API, how many to files, and how many bytes came.
    pub(super) fn counts(&self) -> [u64; 3] {
        [&self.api_requests, &self.file_requests, &self.bytes]
            .map(|count| count.load(Ordering::Relaxed))
    }

    /// What the API answers to a path with parameters.
    pub(super) fn json(&self, path: &str, parameters: &[(&str, String)]) -> Outcome<Value> {
        let base = self.api.to_string();
        let url = format!("{}{path}", base.trim_end_matches('/'));
        self.api_requests.fetch_add(1, Ordering::Relaxed);
        let response = self.send(&url, parameters, true)?;
        let status = response.status();
        let (body, failed) = self.body(response, LARGEST_ANSWER)?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let text = match &self.token {
            Some(token) => token.struck_from(text),
            None => text,
        };
        if !status.is_success() {
            return Err(self.refused(status.as_u16(), &text));
        }
        // What is cut is told by its length before it is told by its form.
        failed.map_or(Ok(()), |reason| Err(Fault::Passing(reason)))?;
        if http::is_page(text.as_bytes()) {
            let reason = "the API answered with a page of HTML, not JSON";
            return Err(Fault::Passing(reason.to_owned()));
        }
        serde_json::from_str(&text)
            .map_err(|error| Fault::Passing(format!("the API's answer is no JSON ({error})")))
    }

    /// The bytes at a link.
    pub(super) fn file(&self, link: &str) -> Outcome<Vec<u8>> {
        self.file_requests.fetch_add(1, Ordering::Relaxed);
        let response = self.send(link, &[], false)?;
        let status = response.status();
        match status.as_u16() {
            200 => {}
            404 | 410 => return Err(Fault::Gone(format!("its thumbnail's link answers {status}"))),
            _ => return Err(Fault::Final(format!("its thumbnail's link answers {status}"))),
        }
        let (body, failed) = self.body(response, LARGEST)?;
        failed.map_or(Ok(body), |reason| Err(Fault::Passing(reason)))
    }

    /// Asks, and goes wherever that leads, by the same rules at each step.
    fn send(&self, url: &str, parameters: &[(&str, String)], api: bool) -> Outcome<Response<Body>> {
        let mut uri: Uri = url.parse().map_err(|_| unsafe_link(url))?;
        for step in 0..=REDIRECTS {
            if !is_safe(&uri) {
                return Err(unsafe_link(&uri.to_string()));
            }
            let near = uri.host().is_some_and(http::is_this_machine);
            let agent = if near { &self.near } else { &self.far };
            let mut request = agent.get(&uri);
            if step == 0 {
                request =
                    request.query_pairs(parameters.iter().map(|(name, value)| (*name, &**value)));
            }
            // To the API alone, and to no host that it names.
            let known = uri.authority() == self.api.authority();
            if let Some(token) = self.token.as_ref().filter(|_| api && known) {
                request = request.header("Authorization", token.header());
            }
            let host = host_of(&uri);
            self.rate_limiter.pass(&host);
            let response = self.heard(&host, request.call(), api)?;
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

    /// Judges whether the host answered, and whether it wants to be left alone.
    fn heard(
        &self,
        host: &str,
        answer: std::result::Result<Response<Body>, ureq::Error>,
        api: bool,
    ) -> Outcome<Response<Body>> {
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                return Err(match http::trouble(&error) {
                    Trouble::Unreachable(reason) => self.closed(host, None, reason)?,
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
            // Too many requests are the host's trouble; so is whatever it names a time for.
            _ if status.as_u16() == 429 || wait.is_some() => self.closed(host, wait, reason)?,
            _ => Fault::Passing(reason),
        })
    }

    fn closed(&self, host: &str, wait: Option<Duration>, reason: String) -> Outcome<Fault> {
        match self.rate_limiter.refused(host, wait) {
            Verdict::Model => Ok(Fault::Passing(reason)),
            Verdict::Host => Ok(Fault::Host(reason)),
            Verdict::Stop => Err(Fault::Stop(out_for_too_long(host, &reason))),
        }
    }

    /// Reads a body; gives why it is not the whole, where it is not.
    fn body(&self, response: Response<Body>, most: u64) -> Outcome<(Vec<u8>, Option<String>)> {
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

    /// What the API's refusal means.
    fn refused(&self, status: u16, body: &str) -> Fault {
        // The API's refusals are JSON; another's page of HTML says nothing to anybody.
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
        // Only plain bytes can be counted and compared with the length that was promised.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .https_only(https_only)
        // Each step is looked at before it is taken.
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

/// Whether nobody between this machine and the host reads along.
fn is_safe(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(host)) => !host.is_empty(),
        (Some("http"), Some(host)) => http::is_this_machine(host),
        _ => false,
    }
}

/// The host with its port, by which hosts are told apart.
fn host_of(uri: &Uri) -> String {
    uri.authority().map_or(String::new(), |authority| authority.as_str().to_lowercase())
}

fn unsafe_link(link: &str) -> Fault {
    Fault::Final(format!("'{}' is no https address", shown(link)))
}

/// A stranger's words, without what steers a terminal and not too many of them.
fn shown(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(LONGEST_DETAIL).collect()
}

fn wrong_address(address: &str) -> Error {
    Error::Download(Details::new(
        "an address of the API that starts with https://",
        address,
        "check --api; plain http is for this machine alone",
    ))
}

fn untrusted(host: &str, reason: String) -> Error {
    Error::Download(Details::new(
        format!("a server to trust at {host}"),
        reason,
        "check this machine's clock and whether a proxy reads along; the same command goes on later",
    ))
}

fn no_proxy(host: &str, reason: String) -> Error {
    Error::Download(Details::new(
        format!("a proxy with a way to {host}"),
        reason,
        "check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY in the environment",
    ))
}

fn sent_away(host: &str, wait: Duration) -> Error {
    Error::Download(Details::new(
        format!("{host} to answer within the hour"),
        format!("that it asks to be left alone for {} s", wait.as_secs()),
        "run the same command again then; it goes on where it stopped",
    ))
}

fn out_for_too_long(host: &str, reason: &str) -> Error {
    Error::Download(Details::new(
        format!("answers from {host}"),
        format!("none for many minutes ({reason})"),
        "run the same command again later; it goes on where it stopped",
    ))
}

fn denied(token: bool, reason: String) -> Error {
    let advice = match token {
        true => "check the token: it may be mistyped, expired or withdrawn",
        false => "give a token by SKETCHFAB_TOKEN or --token-file",
    };
    Error::Download(Details::new("to be let in by the API", reason, advice))
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
