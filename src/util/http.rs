//! The common parts of all HTTP requests: sorting errors, and the waits after them.

use std::io::ErrorKind;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use ureq::http::{Response, StatusCode, Uri};
use ureq::{Body, Timeout};

/// The reason why no answer came, sorted by what to do about it.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No server was reached.
    Unreachable(String),
    /// The request failed, but the next one may succeed. Holds what happened, as the second half of a sentence.
    Broken(String),
    /// The certificate of the server, or of a machine before it, cannot be trusted.
    Untrusted(String),
    /// There are too many redirects.
    Redirects,
    /// The proxy of the environment does not connect.
    Proxy(String),
    /// The address is not that of a server.
    Address(String),
}

/// Sorts an error of the HTTP client.
pub(crate) fn trouble(error: &ureq::Error) -> Trouble {
    use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof};
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed => Trouble::Unreachable(error.to_string()),
        ureq::Error::Timeout(_) => Trouble::Broken("the server did not answer in time".to_owned()),
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            Trouble::Broken(format!("the answer is no HTTP ({error})"))
        }
        ureq::Error::Io(source) => match source.kind() {
            ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof | TimedOut => {
                Trouble::Broken(broke(source))
            }
            ErrorKind::InvalidData => Trouble::Untrusted(source.to_string()),
            // Names that cannot be resolved come as other kinds.
            _ => Trouble::Unreachable(source.to_string()),
        },
        ureq::Error::TooManyRedirects => Trouble::Redirects,
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Trouble::Untrusted(error.to_string()),
        ureq::Error::ConnectProxyFailed(_) => Trouble::Proxy(error.to_string()),
        error => Trouble::Address(error.to_string()),
    }
}

/// The sentence about a connection that ended too early.
pub(crate) fn broke(source: &std::io::Error) -> String {
    format!("the connection broke ({source})")
}

/// The value of a header, if it is text.
pub(crate) fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The address that a redirect leads to.
pub(crate) fn resolved(from: &Uri, location: &str) -> Option<Uri> {
    if location.contains("://") {
        return location.parse().ok();
    }
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    match (location.strip_prefix("//"), location.starts_with('/')) {
        (Some(host), _) => format!("{scheme}://{host}"),
        (None, true) => format!("{scheme}://{authority}{location}"),
        (None, false) => format!("{scheme}://{authority}{folder}/{location}"),
    }
    .parse()
    .ok()
}

/// Whether the same request may succeed later.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 429)
}

/// The wait that the server asks for, as seconds or as a date.
pub(crate) fn retry_after(response: &Response<Body>) -> Option<Duration> {
    wait(header(response, "retry-after")?, header(response, "date"))
}

/// Reads a `Retry-After`. Compares a date with the server's own clock if it sends it, because this machine's clock may
/// be wrong.
fn wait(text: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text.trim()).ok()?;
    let now = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    Some(until.duration_since(now.unwrap_or_else(SystemTime::now)).unwrap_or_default())
}

/// The pause after a number of failures in a row. Each failure doubles it. A random part keeps many machines from
/// asking at the same moment.
pub(crate) fn pause(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doubled = first.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(longest).mul_f64(0.75 + 0.5 * fastrand::f64())
}

/// Whether these first bytes are those of a page of HTML. Networks that want a password, and servers in trouble, send
/// one instead of the file.
pub(crate) fn is_page(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    text.starts_with(b"<")
}

/// Decodes the escapes of an address; `None` if one is wrong or the result is no text.
pub(crate) fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}

/// Whether a host is this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_comes_as_seconds_or_as_a_date() {
        assert_eq!(wait(" 120 ", None), Some(Duration::from_secs(120)));
        let (date, later) = ("Tue, 24 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:01:30 GMT");
        assert_eq!(wait(later, Some(date)), Some(Duration::from_secs(90)));
        assert_eq!(wait(date, Some(later)), Some(Duration::ZERO));
        assert_eq!(wait("Thu, 01 Jan 1970 00:00:00 GMT", None), Some(Duration::ZERO));
        assert_eq!(wait("soon", None), None);
        assert_eq!(wait("-1", None), None);
    }

    #[test]
    fn redirects_lead_from_where_they_are() {
        let from: Uri = "https://a.example/models/1/x.jpeg?w=2".parse().unwrap();
        for (location, to) in [
            ("https://b.example/y", "https://b.example/y"),
            ("//b.example/y", "https://b.example/y"),
            ("/y?z=1", "https://a.example/y?z=1"),
            ("y.jpeg", "https://a.example/models/1/y.jpeg"),
        ] {
            assert_eq!(resolved(&from, location), Some(to.parse().unwrap()), "{location}");
        }
        assert_eq!(resolved(&from, "https://"), None);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(30));
        for (failures, seconds) in [(0, 1.0), (1, 1.0), (2, 2.0), (5, 16.0), (6, 30.0), (99, 30.0)]
        {
            for _ in 0..100 {
                let pause = pause(first, longest, failures).as_secs_f64();
                assert!((0.75 * seconds..=1.25 * seconds).contains(&pause), "{failures}: {pause}");
            }
        }
    }
}
