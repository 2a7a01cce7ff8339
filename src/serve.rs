//! `recasketch serve`: a local server for a site, as plain as a static host: no special headers.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

use crate::error::{Error, Result};
use crate::{files, http};

/// How many requests are answered at the same time; browsers open six connections.
const THREADS: usize = 8;

/// A server that listens already.
pub struct Listening {
    server: Arc<Server>,
    folder: PathBuf,
}

/// Listens at an address.
///
/// # Errors
/// [`Error::File`] where the folder has no `index.html` or the address is taken.
pub fn listen(folder: &Path, address: SocketAddr) -> Result<Listening> {
    let index = folder.join("index.html");
    let missing = |source| files::failed(&index, source, "make a site with `./build.sh site`");
    std::fs::metadata(&index).map_err(missing)?;
    let server = Server::http(address).map_err(|error| Error::File {
        path: address.to_string(),
        source: std::io::Error::other(error),
        advice: "choose another address with --address",
    })?;
    Ok(Listening { server: Arc::new(server), folder: folder.to_owned() })
}

impl Listening {
    /// The address; its port is the real one where port 0 was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.server_addr().to_ip()
    }

    /// Answers until the process ends.
    pub fn run(self) {
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    self.server.incoming_requests().for_each(|request| self.answer(request))
                });
            }
        });
    }

    fn answer(&self, request: Request) {
        let response = match request.method() {
            Method::Get | Method::Head => self.file(&request),
            _ => plain(405, "only GET and HEAD"),
        };
        // A visitor who has left is no failure of the server.
        let _ = request.respond(response);
    }

    fn file(&self, request: &Request) -> Response<Box<dyn Read + Send>> {
        let Some(path) = within(&self.folder, request.url()) else {
            return plain(404, "not found");
        };
        let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let Ok((length, file)) = opened else { return plain(404, "not found") };
        let range = request.headers().iter().find(|header| header.field.equiv("Range"));
        let kind = content_type(&path);
        match range.and_then(|header| byte_range(header.value.as_str(), length)) {
            None => body(200, file, 0, length, kind, None),
            Some(Ok((start, end))) => {
                let range = format!("bytes {start}-{}/{length}", end - 1);
                body(206, file, start, end - start, kind, Some(range))
            }
            Some(Err(())) => plain(416, "no such range")
                .with_header(header("Content-Range", &format!("bytes */{length}"))),
        }
    }
}

/// The file that a request names, never one outside the folder.
fn within(folder: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let decoded = http::percent_decoded(path.trim_start_matches('/'))?;
    let relative = Path::new(&decoded);
    if !relative.components().all(|component| matches!(component, Component::Normal(_))) {
        return None;
    }
    let path = folder.join(relative);
    Some(if path.is_dir() { path.join("index.html") } else { path })
}

/// The first range asked for as start and end (exclusive); `None` where the header is not
/// understood, which HTTP answers with the whole, `Err` where it lies outside.
fn byte_range(value: &str, length: u64) -> Option<std::result::Result<(u64, u64), ()>> {
    let (first, last) = value.strip_prefix("bytes=")?.split(',').next()?.trim().split_once('-')?;
    let (start, end) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(start), Ok(last)) => (start, last.saturating_add(1).min(length)),
        (Ok(start), Err(_)) if last.is_empty() => (start, length),
        (Err(_), Ok(suffix)) if first.is_empty() => (length.saturating_sub(suffix), length),
        _ => return None,
    };
    Some(if start < end { Ok((start, end)) } else { Err(()) })
}

fn body(
    status: u16,
    mut file: File,
    start: u64,
    length: u64,
    kind: &str,
    range: Option<String>,
) -> Response<Box<dyn Read + Send>> {
    if file.seek(SeekFrom::Start(start)).is_err() {
        return plain(500, "this file cannot be read");
    }
    let content: Box<dyn Read + Send> = Box::new(file.take(length));
    let mut headers = vec![header("Content-Type", kind), header("Accept-Ranges", "bytes")];
    headers.extend(range.map(|range| header("Content-Range", &range)));
    // Files named by content could be kept for ever, but an owner who rebuilds wants to see it.
    headers.push(header("Cache-Control", "no-cache"));
    let size = usize::try_from(length).ok();
    // A body is sent whole, so that its length is known: chunks would hide a transfer cut short.
    Response::new(StatusCode(status), headers, content, size, None)
        .with_chunked_threshold(usize::MAX)
}

fn plain(status: u16, sentence: &str) -> Response<Box<dyn Read + Send>> {
    let content: Box<dyn Read + Send> =
        Box::new(std::io::Cursor::new(sentence.as_bytes().to_vec()));
    let headers = vec![header("Content-Type", "text/plain; charset=utf-8")];
    Response::new(StatusCode(status), headers, content, Some(sentence.len()), None)
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("names and values here are ASCII without line ends")
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_http() {
        assert_eq!(byte_range("bytes=0-99", 1000), Some(Ok((0, 100))));
        assert_eq!(byte_range("bytes=900-", 1000), Some(Ok((900, 1000))));
        assert_eq!(byte_range("bytes=-100", 1000), Some(Ok((900, 1000))));
        assert_eq!(byte_range("bytes=990-5000", 1000), Some(Ok((990, 1000))));
        assert_eq!(byte_range("bytes=1000-", 1000), Some(Err(())));
        assert_eq!(byte_range("bytes=0-18446744073709551615", 1000), Some(Ok((0, 1000))));
        assert_eq!(byte_range("lines=1-2", 1000), None);
        assert_eq!(byte_range("bytes=a-b", 1000), None);
    }

    #[test]
    fn nothing_outside_the_folder_has_an_address() {
        let folder = Path::new("site");
        assert_eq!(within(folder, "/a%20b.txt?x=1"), Some(folder.join("a b.txt")));
        for url in [
            "/../secret",
            "/a/../../secret",
            "/%2e%2e/secret",
            "//etc/../../secret",
            "/a%00",
            "/%zz",
            "/%f",
        ] {
            assert_eq!(within(folder, url), None, "{url}");
        }
        assert_eq!(within(folder, "//etc/passwd"), Some(folder.join("etc/passwd")));
    }
}
