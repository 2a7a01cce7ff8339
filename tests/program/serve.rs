//! `recasketch serve`, from its first line to its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::place::Place;
use crate::program::{fails, recasketch, text};
#[cfg(target_os = "linux")]
use crate::waiting::wait_until;

/// A server that ends with its test.
struct Server(Child, BufReader<ChildStdout>);

impl Server {
    fn start(site: &str, address: &str) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_recasketch"))
            .args(["serve", site, "--address", address])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Server(child, out)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn serve_says_where_it_listens_and_for_whom() {
    let place = Place::new();
    place.write("site/index.html", b"<p>hello");
    place.write("site/manifest.json", b"{}");
    for (given, bound) in
        [("127.0.0.1:0", "127.0.0.1"), ("0", "127.0.0.1"), ("0.0.0.0:0", "0.0.0.0")]
    {
        let mut server = Server::start(&place.at("site"), given);
        let line = server.line();
        let start = format!("serving {} at http://{bound}:", place.at("site"));
        let port =
            line.strip_prefix(&start).and_then(|rest| rest.strip_suffix("/ until interrupted\n"));
        let port: u16 = port.and_then(|port| port.parse().ok()).expect(&line);
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n<p>hello"), "{answer}");
        if bound == "0.0.0.0" {
            assert_eq!(
                server.line(),
                "other machines can reach it at this machine's name or address\n"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn serve_opens_the_page_in_the_browser() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("site/index.html", b"");
    place.write("site/manifest.json", b"{}");
    let opener = place.write("bin/xdg-open", "#!/bin/sh\nprintf '%s' \"$1\" >\"$OPENED\"\n");
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.at("bin"), std::env::var("PATH").unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_recasketch"))
        .args(["serve", &place.at("site"), "--address", "0.0.0.0:0", "--open"])
        .env("PATH", &path)
        .env("OPENED", place.path("opened"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let mut server = Server(child, out);
    let line = server.line();
    let port = line.split("http://0.0.0.0:").nth(1).and_then(|rest| rest.split('/').next());
    // A browser cannot go to the address of all machines.
    let address = format!("http://127.0.0.1:{}/", port.expect(&line));
    wait_until("the browser is told", || {
        std::fs::read_to_string(place.path("opened")).is_ok_and(|opened| opened == address)
    });
}

#[cfg(unix)]
#[test]
fn serve_ends_well_when_it_is_told_to() {
    let place = Place::new();
    place.write("site/index.html", b"");
    place.write("site/manifest.json", b"{}");
    for signal in ["-INT", "-TERM"] {
        let mut server = Server::start(&place.at("site"), "127.0.0.1:0");
        let line = server.line();
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect(&line);
        let open = TcpStream::connect(address).unwrap();
        let pid = server.0.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(server.line(), "the server has ended\n");
        assert_eq!(server.0.wait().unwrap().code(), Some(0), "{signal}");
        drop(open);
    }
}

#[test]
fn serve_says_at_once_what_is_wrong() {
    let place = Place::new();
    let site = place.at("site");
    let missing = fails(&["serve", &site]);
    assert!(missing.contains("SITE is the folder of a site"), "{missing}");
    place.write("site/index.html", b"");
    let no_manifest = fails(&["serve", &site]);
    assert!(no_manifest.contains("manifest.json") && no_manifest.contains("SITE"), "{no_manifest}");
    place.write("site/manifest.json", b"{}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let sentence = fails(&["serve", &site, "--address", &address]);
    let start = format!("recasketch: --address {address}: ");
    assert!(sentence.starts_with(&start) && sentence.contains("choose another port"), "{sentence}");
    for wrong in ["65536", "http://localhost:8080/", "localhost:http"] {
        let output = recasketch(&["serve", &site, "--address", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        let sentence = text(&output.stderr);
        assert!(
            sentence.contains("--address") && sentence.contains("expected a port"),
            "{sentence}"
        );
    }
}
