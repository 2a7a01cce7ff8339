//! The download of Keras's file, from a server of the test's own that fails in every way it can.

#![cfg(not(target_arch = "wasm32"))]

mod by_program;
mod downloading;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/server.rs"]
mod server;
#[path = "../support/waiting.rs"]
mod waiting;

use std::net::TcpListener;
use std::time::Duration;

use downloading::{IMPATIENT, PATIENT, file, sha256};
use place::Place;
use recasketch::weights::fetch::RetryPolicy;
use server::{After, Reply, Server};
use waiting::wait_until;

#[test]
fn a_file_comes_whole_in_one_plain_request() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    place.succeeds(&server, PATIENT);
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].header("Accept-Encoding"), Some("identity"));
    assert_eq!((requests[0].header("Range"), requests[0].header("If-Range")), (None, None));
    assert!(requests[0].header("User-Agent").unwrap().starts_with("recasketch/"));
}

#[test]
fn a_file_that_is_there_is_not_asked_for() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    place.keep("", &file());
    place.succeeds(&server, PATIENT);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_file_that_is_there_with_another_digest_is_replaced() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()))));
    place.keep("", b"\x89HDF but another");
    place.succeeds(&server, PATIENT);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn truncated_answers_go_on_where_they_ended() {
    let server = Server::start(|number, request| {
        let reply = Reply::ranged(&file(), "\"one\"", request);
        // Seven breaks, more than may fail in a row: each of them brought something.
        Some(if number < 7 { reply.cut(40_000) } else { reply })
    });
    Place::new().succeeds(&server, PATIENT);
    let starts: Vec<_> = (0..8).map(|n| (n > 0).then_some(n * 40_000)).collect();
    assert_eq!(server.starts(), starts);
    let requests = server.requests();
    assert!(requests[1..].iter().all(|request| request.header("If-Range") == Some("\"one\"")));
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let server = Server::start(|number, _| {
        let reply = Reply::whole(&file());
        Some(if number == 0 { reply.cut(100_000) } else { reply })
    });
    Place::new().succeeds(&server, PATIENT);
    assert_eq!(server.starts(), [None, Some(100_000)]);
}

#[test]
fn a_server_that_ignores_ranges_and_always_truncates_is_given_up() {
    let (place, server) =
        (Place::new(), Server::start(|_, _| Some(Reply::whole(&file()).cut(100_000))));
    let sentence = place.fails(&server, PATIENT);
    assert!(
        sentence.contains("in 5 attempts at") && sentence.contains("without progress"),
        "{sentence}"
    );
    assert!(sentence.contains("100000 bytes are kept; run it again later"), "{sentence}");
    // One that gained bytes, and five that gained none.
    assert_eq!(server.requests().len(), 6);
    assert_eq!(place.read(".part").unwrap(), file()[..100_000]);
}

#[test]
fn another_version_at_the_server_starts_over() {
    let server = Server::start(|number, request| {
        let old = vec![7; 300_000];
        Some(match number {
            0 => Reply::ranged(&old, "\"old\"", request).cut(50_000),
            _ => Reply::ranged(&file(), "\"new\"", request),
        })
    });
    Place::new().succeeds(&server, PATIENT);
    assert_eq!(server.starts(), [None, Some(50_000)]);
    assert_eq!(server.requests()[1].header("If-Range"), Some("\"old\""));
}

#[test]
fn a_range_of_another_version_or_start_is_not_appended() {
    for headers in [
        [("ETag", "\"new\""), ("Content-Range", "bytes 50000-299999/300000")],
        [("ETag", "\"old\""), ("Content-Range", "bytes 49999-299998/300000")],
        [("ETag", "\"old\""), ("Content-Range", "nonsense")],
    ] {
        let server = Server::start(move |number, request| {
            Some(match number {
                0 => Reply::ranged(&file(), "\"old\"", request).cut(50_000),
                1 => Reply::new("206 Partial Content", &headers, &vec![1; 250_000]),
                _ => Reply::ranged(&file(), "\"new\"", request),
            })
        });
        Place::new().succeeds(&server, PATIENT);
        assert_eq!(server.starts(), [None, Some(50_000), None]);
    }
}

#[test]
fn a_weak_version_is_no_condition() {
    let server = Server::start(|number, request| {
        let reply = Reply::ranged(&file(), "W/\"weak\"", request);
        Some(if number == 0 { reply.cut(50_000) } else { reply })
    });
    Place::new().succeeds(&server, PATIENT);
    assert_eq!(server.requests()[1].header("If-Range"), None);
    assert_eq!(server.starts(), [None, Some(50_000)]);
}

#[test]
fn a_part_that_is_whole_already_is_kept_at_416() {
    let (place, server) =
        (Place::new(), Server::start(|_, request| Some(Reply::ranged(&file(), "\"a\"", request))));
    place.keep(".part", &file());
    place.succeeds(&server, PATIENT);
    assert_eq!(server.starts(), [Some(300_000)]);
}

#[test]
fn a_part_that_is_too_long_starts_over_at_416() {
    let (place, server) =
        (Place::new(), Server::start(|_, request| Some(Reply::ranged(&file(), "\"a\"", request))));
    place.keep(".part", &[5; 300_001]);
    place.succeeds(&server, PATIENT);
    assert_eq!(server.starts(), [Some(300_001), None]);
}

#[test]
fn a_server_that_never_fits_is_asked_to_start_over_once() {
    let (place, server) = (
        Place::new(),
        Server::start(|_, request| {
            Some(match request.start() {
                None => Reply::whole(&file()).cut(10_000),
                Some(_) => Reply::new("416 Range Not Satisfiable", &[], b""),
            })
        }),
    );
    let sentence = place.fails(&server, PATIENT);
    assert!(sentence.contains("does not continue the kept part"), "{sentence}");
    assert_eq!(server.starts(), [None, Some(10_000), None, Some(10_000)]);
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let server = Server::start(|number, _| {
        Some(match number {
            0 | 1 => Reply::new("500 Internal Server Error", &[], b"<html>"),
            _ => Reply::whole(&file()),
        })
    });
    Place::new().succeeds(&server, PATIENT);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_server_in_trouble_for_ever_is_given_up() {
    let server = Server::start(|_, _| Some(Reply::new("500 Internal Server Error", &[], b"")));
    let sentence = Place::new().fails(&server, PATIENT);
    let expected = format!(
        "the download failed: the server answered 500 Internal Server Error, in 5 attempts at {} \
         without progress; 0 bytes are kept",
        server.url()
    );
    assert!(sentence.starts_with(&expected), "{sentence}");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_busy_server_says_how_long_to_wait() {
    let server = Server::start(|number, _| {
        Some(match number {
            0 => Reply::new("429 Too Many Requests", &[("Retry-After", "1")], b""),
            _ => Reply::whole(&file()),
        })
    });
    Place::new().succeeds(&server, PATIENT);
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    assert!(second.1 >= first.1 + Duration::from_secs(1));
}

#[test]
fn a_missing_file_is_said_at_once_and_keeps_the_part() {
    for status in ["404 Not Found", "403 Forbidden", "410 Gone"] {
        let (place, server) = (
            Place::new(),
            Server::start(move |_, _| Some(Reply::new(status, &[], b"<html>no such file"))),
        );
        place.keep(".part", b"\x89HDF");
        let sentence = place.fails(&server, PATIENT);
        let expected = format!("a file at {}, found the answer {status}; check", server.url());
        assert!(sentence.contains(&expected), "{sentence}");
        assert_eq!(server.requests().len(), 1);
        assert_eq!(place.read(".part").unwrap(), b"\x89HDF");
    }
}

#[test]
fn a_page_of_html_is_refused_and_leaves_the_part_alone() {
    for page in ["<!DOCTYPE html><p>Sign in", "\u{feff}\n <html>"] {
        let (place, server) =
            (Place::new(), Server::start(move |_, _| Some(Reply::whole(page.as_bytes()))));
        let sentence = place.fails(&server, PATIENT);
        assert!(sentence.contains("found a page of HTML; open the address"), "{sentence}");
        assert_eq!(place.read(".part").unwrap(), b"");
        place.keep(".part", &file()[..1000]);
        place.fails(&server, PATIENT);
        assert_eq!(place.read(".part").unwrap(), file()[..1000]);
        assert_eq!(server.starts(), [None, Some(1000)]);
    }
}

#[test]
fn redirects_are_followed_with_the_range_and_not_for_ever() {
    let server = Server::start(|_, request| {
        Some(match request.0.starts_with("GET /file.h5 ") {
            true => Reply::new("302 Found", &[("Location", "/other.h5")], b""),
            false => Reply::ranged(&file(), "\"a\"", request),
        })
    });
    let place = Place::new();
    place.keep(".part", &file()[..1000]);
    place.succeeds(&server, PATIENT);
    assert_eq!(server.starts(), [Some(1000), Some(1000)]);
    let round =
        Server::start(|_, _| Some(Reply::new("302 Found", &[("Location", "/file.h5")], b"")));
    let sentence = Place::new().fails(&round, PATIENT);
    assert!(sentence.contains("redirects without an end"), "{sentence}");
}

#[test]
fn a_stalled_answer_is_left_and_gone_on_with() {
    let server = Server::start(|number, request| {
        let reply = Reply::ranged(&file(), "\"a\"", request);
        Some(if number == 0 { reply.stalling(70_000) } else { reply })
    });
    Place::new().succeeds(&server, RetryPolicy { attempts: u32::MAX, ..IMPATIENT });
    let (requests, starts) = (server.requests(), server.starts());
    assert!(requests[1].1 >= requests[0].1 + IMPATIENT.stall);
    // A busy machine may stall too: then less had come, and it is asked more often.
    assert!(starts[0].is_none() && starts[1] <= Some(70_000) && starts.is_sorted(), "{starts:?}");
}

#[test]
fn a_server_that_is_silent_is_given_up() {
    let server = Server::start(|_, _| {
        Some(Reply { head: String::new(), body: Vec::new(), after: After::Stall })
    });
    let sentence = Place::new().fails(&server, IMPATIENT);
    assert!(sentence.contains("the server did not answer in time, in 5 attempts at"), "{sentence}");
    wait_until("the server's end of the last request", || server.requests().len() >= 5);
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_network_that_goes_away_leaves_the_part() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file.h5", listener.local_addr().unwrap());
    let once = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        drop(listener);
        server::serve(stream, &Default::default(), &|_, _| Some(Reply::whole(&file()).cut(20_000)));
    });
    let place = Place::new();
    let sentence = place.fetch(&url, &file(), PATIENT).unwrap_err().to_string();
    assert!(sentence.contains("this machine seems to be offline"), "{sentence}");
    assert_eq!(place.read(".part").unwrap(), file()[..20_000]);
    once.join().unwrap();
}

#[test]
fn a_giant_is_refused_before_it_fills_the_disk() {
    let server = Server::start(|_, _| {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1073741825\r\n".into();
        Some(Reply { head, body: b"\x89HDF".to_vec(), after: After::Close })
    });
    let place = Place::new();
    let sentence = place.fails(&server, PATIENT);
    assert!(sentence.contains("expected at most 1073741824 bytes"), "{sentence}");
    assert_eq!((place.read(".part").unwrap().len(), server.requests().len()), (0, 1));
}

#[test]
fn a_reset_connection_and_nonsense_are_tried_again() {
    let server = Server::start(|number, _| match number {
        0 => None,
        1 => Some(Reply { head: "SSH-2.0\r\n".into(), body: vec![], after: After::Close }),
        _ => Some(Reply::whole(&file())),
    });
    Place::new().succeeds(&server, PATIENT);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_wrong_digest_removes_what_came() {
    let (place, server) = (Place::new(), Server::start(|_, _| Some(Reply::whole(b"\x89HDF not"))));
    let sentence = place.fails(&server, PATIENT);
    let expected = format!(
        "expected SHA-256 {} of {}, found SHA-256 {} (8 bytes); the download is removed",
        sha256(&file()),
        server.url(),
        sha256(b"\x89HDF not")
    );
    assert!(sentence.contains(&expected), "{sentence}");
    assert_eq!((place.read(".part"), place.read(".part.etag")), (None, None));
}

#[test]
fn an_answer_of_unknown_length_is_judged_by_its_digest() {
    let server = Server::start(|_, _| {
        let head = "HTTP/1.1 200 OK\r\n".into();
        Some(Reply { head, body: file(), after: After::Close })
    });
    Place::new().succeeds(&server, PATIENT);
}
