//! `recasketch network fetch`, as an owner runs it.

use std::net::TcpListener;
use std::process::Stdio;

use recasketch::weights::fetch::FILE;

use crate::downloading::{PATIENT, file, sha256};
use crate::place::Place;
use crate::program::output;
use crate::server::{Reply, Server};
use crate::waiting::wait_until;

#[test]
fn an_address_that_is_none_is_said() {
    for url in ["ftp://host/file", "file.h5", "http://", "/etc/passwd", "http://a b/"] {
        let error = Place::new().fetch(url, b"", PATIENT).unwrap_err().to_string();
        assert!(error.contains("expected an address that starts with http://"), "{url}: {error}");
    }
}

#[test]
fn a_machine_without_a_network_is_told_what_to_do() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let place = Place::new();
    for url in [format!("http://127.0.0.1:{port}/x"), "https://nowhere.invalid/x".to_owned()] {
        let (code, out, err) = output(&mut place.program(&["--url", &url]));
        assert_eq!((code, out.as_str()), (Some(1), ""));
        let expected =
            format!("recasketch: the download failed: {FILE} could not be downloaded from {url}: ");
        assert!(err.starts_with(&expected), "{err}");
        let advice = "this machine seems to be offline; download the file on another machine and \
                      give it to `recasketch network import FILE`";
        assert!(err.contains(advice), "{err}");
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn two_programs_do_not_write_one_part() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    place.keep(".lock", b"");
    let lock = std::fs::File::open(place.kept(".lock")).unwrap();
    lock.try_lock().unwrap();
    let error = place.fetch(&server.url(), &file(), PATIENT).unwrap_err();
    assert_eq!(error.kind(), "File");
    assert!(error.to_string().contains("another recasketch is downloading this file; wait until"));
    drop(lock);
    place.succeeds(&server, PATIENT);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_killed_program_goes_on_in_the_next_run() {
    let server = Server::start(|number, request| {
        let reply = Reply::ranged(&file(), "\"a\"", request);
        Some(if number == 0 { reply.stalling(123_456) } else { reply })
    });
    let (place, url, digest) = (Place::new(), server.url(), sha256(&file()));
    let mut command = place.program(&["--url", &url, "--sha256", &digest]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let length = || std::fs::metadata(place.kept(".part")).map_or(0, |part| part.len());
    wait_until("the bytes before the stall", || length() >= 123_456);
    child.kill().unwrap();
    child.wait().unwrap();
    let (code, out, err) = output(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
    assert_eq!((code, out), (Some(0), format!("{}\n", place.kept("").display())), "{err}");
    assert_eq!(place.read("").unwrap(), file());
    assert_eq!(server.starts(), [None, Some(123_456)]);
    let (code, _, err) = output(&mut command);
    assert_eq!((code, err), (Some(0), format!("already there, with the right SHA-256 {digest}\n")));
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_mirror_without_a_digest_must_have_kerass_bytes() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    let (code, out, err) = output(&mut place.program(&["--url", &server.url()]));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains("expected MD5 6d6bbae143d832006294945121d1f1fc of http://"), "{err}");
    let (code, _, err) = output(&mut place.program(&["--sha256", "6d6b"]));
    assert_eq!(code, Some(2));
    assert!(err.contains("expected 64 hexadecimal digits, found 4 characters"), "{err}");
}

#[test]
fn a_proxy_is_asked_for_other_machines_alone() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    let (digest, proxy) = (sha256(&file()), format!("http://{}", server.address));
    let url = "http://mirror.example/file.h5";
    let mut command = place.program(&["--url", url, "--sha256", &digest]);
    let (code, _, err) = output(command.env("HTTP_PROXY", &proxy));
    assert_eq!(code, Some(0), "{err}");
    assert!(server.requests()[0].0.starts_with("CONNECT mirror.example:80 "));

    let place = Place::new();
    let mut command = place.program(&["--url", &server.url(), "--sha256", &digest]);
    let (code, _, err) = output(command.env("HTTP_PROXY", "http://127.0.0.1:1"));
    assert_eq!(code, Some(0), "{err}");
}
