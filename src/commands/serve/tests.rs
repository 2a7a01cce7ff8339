//! The server, tested over real connections.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::SystemTime;

use tokio::sync::oneshot;

use super::*;

/// Longer than any answer takes on a busy machine. A test that waits this long has failed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Makes a folder with the files that the server requires of a site, and some more.
fn site() -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    for (name, content) in [
        ("index.html", "<p>hello"),
        ("manifest.json", "{}"),
        ("style.css", &"a { color: red }\n".repeat(500)),
        ("page-0123456789abcdef/module.wasm", &"\0asm".repeat(1000)),
        ("a b.bin", "0123456789"),
        ("models/index.html", "<p>models"),
        (".well-known/security.txt", "Contact: us"),
        (".git/config", "secret"),
    ] {
        let path = site.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    site
}

struct Server {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(site: &Path) -> Server {
        Server::within(site, Limits { head: HEAD, stalled: STALLED, connections: 256 })
    }

    fn within(site: &Path, limits: Limits) -> Server {
        let listening = listen_within(site, &"127.0.0.1:0".parse().unwrap(), limits).unwrap();
        let address = listening.addresses()[0];
        let (end, ended) = oneshot::channel();
        let run = move || listening.run(async move { ended.await.unwrap_or_default() });
        Server { address, end: Some(end), thread: Some(std::thread::spawn(run)) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream
    }

    /// Sends a request with these headers on a new connection.
    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        ask(&mut self.connect(), "GET", path, headers)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

#[derive(Debug)]
struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

fn send(stream: &mut TcpStream, method: &str, path: &str, headers: &[(&str, &str)]) {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
    headers.iter().for_each(|(name, value)| request += &format!("{name}: {value}\r\n"));
    stream.write_all((request + "\r\n").as_bytes()).unwrap();
}

/// Sends a request on a connection that stays open.
fn ask(stream: &mut TcpStream, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    send(stream, method, path, headers);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head[9..12].parse().unwrap();
    let mut reply = Reply { status, head, body: Vec::new() };
    let length = reply.header("content-length").unwrap_or("0").parse().unwrap();
    if method != "HEAD" {
        reply.body.resize(length, 0);
        stream.read_exact(&mut reply.body).unwrap();
    }
    reply
}

/// Does what a browser does: requests the document, then uses five persistent connections at the same time.
#[test]
fn every_kept_connection_is_answered() {
    let site = site();
    let style = fs::read(site.path().join("style.css")).unwrap();
    for _ in 0..50 {
        let server = Server::start(site.path());
        let mut first = server.connect();
        assert_eq!(ask(&mut first, "GET", "/", &[]).body, b"<p>hello");
        std::thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| {
                    let mut kept = server.connect();
                    for _ in 0..3 {
                        assert_eq!(ask(&mut kept, "GET", "/style.css", &[]).body, style);
                    }
                });
            }
        });
    }
}

#[test]
fn slow_visitors_do_not_block_others() {
    let site = site();
    File::create(site.path().join("large.bin")).unwrap().set_len(16 << 20).unwrap();
    let server = Server::start(site.path());
    let slow: Vec<TcpStream> = (0..50)
        .map(|which| {
            let mut stream = server.connect();
            match which % 2 {
                0 => send(&mut stream, "GET", "/large.bin", &[]),
                _ => stream.write_all(b"GET /style.css HT").unwrap(),
            }
            stream
        })
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(|| assert_eq!(server.get("/", &[]).body, b"<p>hello"));
        }
    });
    drop(slow);
}

/// Only one connection is allowed, so the second is answered only after the first was closed.
#[test]
fn a_connection_that_reads_or_sends_nothing_is_closed() {
    let site = site();
    File::create(site.path().join("large.bin")).unwrap().set_len(64 << 20).unwrap();
    let short = Duration::from_millis(200);
    for (limits, request) in [
        (
            Limits { head: TIMEOUT, stalled: short, connections: 1 },
            "GET /large.bin HTTP/1.1\r\n\r\n",
        ),
        (Limits { head: short, stalled: TIMEOUT, connections: 1 }, "GET / HT"),
        (Limits { head: short, stalled: TIMEOUT, connections: 1 }, ""),
    ] {
        let server = Server::within(site.path(), limits);
        let mut first = server.connect();
        first.write_all(request.as_bytes()).unwrap();
        assert_eq!(server.get("/", &[]).status, 200, "{request}");
    }
}

#[test]
fn the_end_does_not_wait_for_open_connections() {
    let site = site();
    File::create(site.path().join("large.bin")).unwrap().set_len(64 << 20).unwrap();
    let server = Server::start(site.path());
    let (mut idle, mut unread) = (server.connect(), server.connect());
    assert_eq!(ask(&mut idle, "GET", "/", &[]).status, 200);
    send(&mut unread, "GET", "/large.bin", &[]);
    drop(server);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
}

#[test]
fn files_are_sent_as_by_a_static_host() {
    let site = site();
    let server = Server::start(site.path());
    let mut kept = server.connect();
    for (path, status, kind, length) in [
        ("/", 200, "text/html; charset=utf-8", 8),
        ("/index.html?x=1", 200, "text/html; charset=utf-8", 8),
        ("/models/", 200, "text/html; charset=utf-8", 9),
        ("/manifest.json", 200, "application/json", 2),
        ("/style.css", 200, "text/css; charset=utf-8", 8500),
        ("/page-0123456789abcdef/module.wasm", 200, "application/wasm", 4000),
        ("/a%20b.bin", 200, "application/octet-stream", 10),
        ("/.well-known/security.txt", 200, "text/plain; charset=utf-8", 11),
        ("/nothing", 404, "text/plain; charset=utf-8", 28),
        ("/style.css/", 404, "text/plain; charset=utf-8", 28),
        ("/page-0123456789abcdef/", 404, "text/plain; charset=utf-8", 28),
    ] {
        for method in ["GET", "HEAD"] {
            let reply = ask(&mut kept, method, path, &[]);
            assert_eq!(reply.status, status, "{path}: {reply:?}");
            assert_eq!(reply.header("content-type"), Some(kind), "{path}");
            assert_eq!(reply.header("content-length"), Some(length.to_string().as_str()), "{path}");
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(reply.body.len(), if method == "GET" { length } else { 0 }, "{path}");
            assert!(!reply.head.to_lowercase().contains("cross-origin"), "{}", reply.head);
        }
    }
    for method in ["POST", "PUT", "OPTIONS", "DELETE"] {
        let reply = ask(&mut kept, method, "/", &[("Content-Length", "0")]);
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET,HEAD")), "{method}");
    }
}

#[test]
fn the_address_of_a_folder_ends_with_a_slash() {
    let site = site();
    let server = Server::start(site.path());
    for (path, location) in [
        ("/models", "/models/"),
        ("/models?uid=a%2Fb&x", "/models/?uid=a%2Fb&x"),
        ("//models", "/models/"),
        ("/page-0123456789abcdef", "/page-0123456789abcdef/"),
    ] {
        let reply = server.get(path, &[]);
        assert_eq!((reply.status, reply.header("location")), (308, Some(location)), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[test]
fn nothing_outside_the_folder_and_nothing_hidden_is_served() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    let site = site();
    #[cfg(unix)]
    for (target, link) in [
        (outside.path().join("secret.txt").as_path(), "link.txt"),
        (outside.path(), "folder"),
        (Path::new(".git/config"), "config.txt"),
        (Path::new("circle"), "circle"),
        (Path::new("style.css"), "inner.css"),
    ] {
        std::os::unix::fs::symlink(target, site.path().join(link)).unwrap();
    }
    let server = Server::start(site.path());
    let long = format!("/{}", "x".repeat(5000));
    for path in [
        "/link.txt",
        "/folder/secret.txt",
        "/folder",
        "/config.txt",
        "/circle",
        "/.git/config",
        "/%2egit/config",
        "/.git",
        "/../secret.txt",
        "/models/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/style.css%00",
        "/C:/Windows/win.ini",
        "/style.css.br",
        "/style.css.gz",
        &long,
    ] {
        for headers in [&[][..], &[("Accept-Encoding", "br, gzip")]] {
            let reply = server.get(path, headers);
            assert_eq!(reply.status, 404, "{path}: {reply:?}");
            assert_eq!(reply.body, b"There is no such file here.\n");
        }
    }
    #[cfg(unix)]
    assert_eq!(server.get("/inner.css", &[]).body.len(), 8500);
}

/// Opening a pipe would wait for its writer.
#[cfg(unix)]
#[test]
fn a_pipe_is_not_found() {
    let site = site();
    let pipe = site.path().join("pipe.json");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(Server::start(site.path()).get("/pipe.json", &[]).status, 404);
}

#[test]
fn files_are_compressed_where_the_browser_accepts_it() {
    let site = site();
    let server = Server::start(site.path());
    let mut kept = server.connect();
    let style = fs::read(site.path().join("style.css")).unwrap();
    for (accepted, encoding) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, deflate", Some("gzip")),
        ("br;q=0.5, gzip;q=0.8", Some("gzip")),
        ("br;q=0, gzip;q=0", None),
        ("identity", None),
        ("zstd", None),
        ("", None),
    ] {
        let reply = ask(&mut kept, "GET", "/style.css", &[("Accept-Encoding", accepted)]);
        assert_eq!(reply.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(reply.header("vary"), Some("accept-encoding"), "{accepted}");
        assert_eq!(reply.header("content-type"), Some("text/css; charset=utf-8"), "{accepted}");
        let mut plain = Vec::new();
        match encoding {
            Some("br") => {
                brotli::BrotliDecompress(&mut reply.body.as_slice(), &mut plain).unwrap();
            }
            Some(_) => {
                let mut decoder = flate2::read::GzDecoder::new(reply.body.as_slice());
                decoder.read_to_end(&mut plain).unwrap();
            }
            None => plain.clone_from(&reply.body),
        }
        assert_eq!(plain, style, "{accepted}");
        assert_eq!(reply.body.len() < 200, encoding.is_some(), "{accepted}");
        let head = ask(&mut kept, "HEAD", "/style.css", &[("Accept-Encoding", accepted)]);
        assert_eq!(head.header("content-length"), reply.header("content-length"), "{accepted}");
    }
    // Files that compression does not make smaller, and files that are not text, are sent uncompressed.
    for path in ["/manifest.json", "/a%20b.bin"] {
        let reply = ask(&mut kept, "GET", path, &[("Accept-Encoding", "br, gzip")]);
        assert_eq!(reply.header("content-encoding"), None, "{path}");
    }
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let site = site();
    let server = Server::start(site.path());
    let mut tags = Vec::new();
    for encoding in ["br", "gzip", "identity"] {
        let accepted = ("Accept-Encoding", encoding);
        let first = server.get("/style.css", &[accepted]);
        let tag = first.header("etag").unwrap();
        assert!(tag.starts_with('"'), "{tag} is strong");
        for same in [tag, "*", &format!("\"x\", W/{tag}")] {
            let again = server.get("/style.css", &[accepted, ("If-None-Match", same)]);
            assert_eq!((again.status, again.header("etag")), (304, Some(tag)), "{same}");
            assert_eq!(again.header("vary"), Some("accept-encoding"));
        }
        assert_eq!(server.get("/style.css", &[accepted, ("If-None-Match", "\"x\"")]).status, 200);
        let date = first.header("last-modified").unwrap();
        let again = server.get("/style.css", &[accepted, ("If-Modified-Since", date)]);
        assert_eq!(again.status, 304);
        tags.push(tag.to_owned());
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "each form has a tag of its own: {tags:?}");
}

/// Tools often set the times of all files alike, and two manifests often have the same length.
#[test]
fn the_entity_tag_changes_with_the_content_where_length_and_time_are_equal() {
    let site = site();
    let path = site.path().join("manifest.json");
    let mut tags = ["{\"a\": 1}", "{\"a\": 2}", "{\"a\": 1}"].map(|content| {
        fs::write(&path, content).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1)).unwrap();
        let reply = Server::start(site.path()).get("/manifest.json", &[]);
        reply.header("etag").unwrap().to_owned()
    });
    assert_eq!(tags[0], tags[2]);
    tags.sort();
    assert_ne!(tags[0], tags[2]);
}

#[test]
fn only_files_named_by_their_content_are_cached_without_asking() {
    let site = site();
    let server = Server::start(site.path());
    for (path, keeping) in [
        ("/page-0123456789abcdef/module.wasm", "public, max-age=31536000, immutable"),
        ("/page-0123456789abcdef/nothing.wasm", "no-cache"),
        ("/", "no-cache"),
        ("/manifest.json", "no-cache"),
    ] {
        assert_eq!(server.get(path, &[]).header("cache-control"), Some(keeping), "{path}");
    }
}

#[test]
fn ranges_are_answered_as_http_requires() {
    let site = site();
    let server = Server::start(site.path());
    let tag = server.get("/a%20b.bin", &[]).header("etag").unwrap().to_owned();
    let date = server.get("/a%20b.bin", &[]).header("last-modified").unwrap().to_owned();
    for (range, status, body, content_range) in [
        ("bytes=4-6", 206, "456", Some("bytes 4-6/10")),
        ("bytes=7-", 206, "789", Some("bytes 7-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=8-18446744073709551615", 206, "89", Some("bytes 8-9/10")),
        ("bytes=-50", 200, "0123456789", None),
        ("bytes=0-1,4-5", 200, "0123456789", None),
        ("bytes=a-b", 200, "0123456789", None),
        ("lines=1-2", 200, "0123456789", None),
        ("bytes=10-", 416, "This file has no such part.\n", Some("bytes */10")),
        ("bytes=-0", 416, "This file has no such part.\n", Some("bytes */10")),
    ] {
        let reply = server.get("/a%20b.bin", &[("Range", range), ("Accept-Encoding", "br")]);
        let found = (reply.status, String::from_utf8(reply.body.clone()).unwrap());
        assert_eq!(found, (status, body.to_owned()), "{range}");
        assert_eq!(reply.header("content-range"), content_range, "{range}");
    }
    for (validator, status) in
        [(&*tag, 206), (&*date, 206), ("\"x\"", 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 200)]
    {
        let headers = [("Range", "bytes=4-6"), ("If-Range", validator)];
        assert_eq!(server.get("/a%20b.bin", &headers).status, status, "{validator}");
    }
    // A range is always one of the uncompressed file.
    let headers = [("Range", "bytes=0-6"), ("Accept-Encoding", "br")];
    let reply = server.get("/style.css", &headers);
    assert_eq!((reply.status, reply.header("content-encoding")), (206, None));
    assert_eq!(reply.body, b"a { col");
}

#[test]
fn every_address_of_a_name_is_used_and_a_used_port_is_reported() {
    let site = site();
    let listening = listen(site.path(), &"localhost:0".parse().unwrap()).unwrap();
    let addresses = listening.addresses();
    assert!(addresses.iter().all(|at| at.ip().is_loopback() && at.port() == addresses[0].port()));
    for (text, advice) in [
        (format!("{}", addresses[0]), "another program listens there: choose another port"),
        ("192.0.2.1:0".to_owned(), "use localhost, an address of this machine, or 0.0.0.0"),
        ("no-such-host.invalid:80".to_owned(), "no such host is known"),
    ] {
        let sentence = listen(site.path(), &text.parse().unwrap()).unwrap_err().to_string();
        assert!(sentence.starts_with(&format!("--address {text}: ")), "{sentence}");
        assert!(sentence.contains(advice), "{sentence}");
    }
}
