//! Servers in trouble: what passes is waited for, what stays is told, and nothing that came is lost.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use recasketch::commands::crawl;
use tokio::net::TcpSocket;

use crate::crawling::search;
use crate::double::{Asked, Double};
use crate::faults::Fault;
use crate::models::models;
use crate::place::{Place, changed};
use crate::program::output;
use crate::server::{self, Reply, Request, Server};
use crate::waiting::wait_until;

/// A double that fails the first time it is asked for a page or a thumbnail, and then does well.
fn once(fault: fn() -> Fault) -> Double {
    Double::with(models(30), move |_, often| (often == 0).then(fault))
}

fn status(status: &'static str) -> Fault {
    Fault::Status(status, Vec::new())
}

#[test]
fn what_passes_is_tried_again_until_all_is_there() {
    type Case = (&'static str, fn() -> Fault);
    let cases: [Case; 12] = [
        ("500", || status("500 Internal Server Error")),
        ("502 with HTML", || Fault::Html("502 Bad Gateway")),
        ("503", || status("503 Service Unavailable")),
        ("408", || status("408 Request Timeout")),
        ("429", || status("429 Too Many Requests")),
        ("a page of HTML in place of anything", || Fault::Html("200 OK")),
        ("short", || Fault::Short(400)),
        ("long", || Fault::Long),
        ("truncated", || Fault::Truncated(2_000)),
        ("reset", || Fault::Reset),
        ("no HTTP", || Fault::Noise),
        ("empty", || Fault::Body(Vec::new())),
    ];
    for (name, fault) in cases {
        let (place, double) = (Place::new(), once(fault));
        let summary = place.crawl(&double, search(""));
        assert_eq!(
            (summary.kept, summary.left),
            (30, Default::default()),
            "{name}: {:?}",
            summary.reasons
        );
        // Two pages and 30 thumbnails, each of them twice.
        assert_eq!(double.counts(), [4, 0, 60], "{name}");
        let quiet = Place::new();
        quiet.crawl(&Double::of(models(30)), search(""));
        let thumbnails = |place: &Place| crate::content::content(&place.path("crawled/thumbnails"));
        assert_eq!(thumbnails(&place), thumbnails(&quiet), "{name}");
    }
}

#[test]
fn retry_after_is_obeyed_in_both_its_forms() {
    let seconds = |_: &Asked, often| {
        let wait = vec![("Retry-After", "1".to_owned())];
        (often == 0).then_some(Fault::Status("429 Too Many Requests", wait))
    };
    let date = |_: &Asked, often| {
        let clock = ("Date", "Tue, 24 Nov 2026 10:00:00 GMT".to_owned());
        let wait = vec![clock, ("Retry-After", "Tue, 24 Nov 2026 10:00:01 GMT".to_owned())];
        (often == 0).then_some(Fault::Status("503 Service Unavailable", wait))
    };
    for double in [Double::with(models(3), seconds), Double::with(models(3), date)] {
        assert_eq!(Place::new().crawl(&double, search("")).kept, 3);
        // The page and each thumbnail came twice, the second time after the second that was asked for.
        let requests = double.requests();
        assert_eq!(requests.len(), 8);
        for (at, first) in requests.iter().enumerate() {
            let again = requests[at + 1..].iter().find(|again| again.target() == first.target());
            let wait = again.map(|again| again.1.duration_since(first.1));
            assert!(wait.is_none_or(|wait| wait >= Duration::from_secs(1)), "{wait:?}");
        }
    }
}

#[test]
fn a_server_that_wants_more_than_an_hour_ends_the_crawl_until_later() {
    let place = Place::new();
    let double = Double::with(models(60), |asked, _| {
        let wait = vec![("Retry-After", "7200".to_owned())];
        (*asked == Asked::Page(48)).then_some(Fault::Status("429 Too Many Requests", wait))
    });
    let summary = place.run(&double, search("")).unwrap();
    let sentence = summary.stopped.unwrap().to_string();
    assert!(
        sentence.contains(
            "asks for a pause of 7200 s, longer than an hour; run the same command again after that time"
        ),
        "{sentence}"
    );
    // What was listed before is brought all the same.
    assert_eq!((summary.kept, place.uids().len()), (48, 48));
}

#[test]
fn what_stays_is_counted_with_its_reasons_and_the_rest_is_kept() {
    let (place, made) = (Place::new(), models(30));
    let bad: Vec<String> = made[..8].iter().map(|model| model.uid.clone()).collect();
    let double = Double::with(made, move |asked, _| {
        let Asked::Thumbnail(uid) = asked else { return None };
        Some(match bad.iter().position(|bad| bad == uid)? {
            0 => status("500 Internal Server Error"),
            1 => status("403 Forbidden"),
            2 => Fault::Html("200 OK"),
            3 => Fault::Truncated(3_000),
            4 => Fault::Circle,
            5 => Fault::Redirect("http://media.example.com/a.jpeg".to_owned()),
            6 => Fault::Body(b"GIF89a".to_vec()),
            _ => Fault::Short(5_000),
        })
    });
    let options = place.options(&double, search(""));
    let summary = crawl::run(&options).unwrap();
    assert_eq!((summary.kept, summary.left.failed), (22, 8));
    assert!(summary.stopped.is_none());
    let ledger = std::fs::read_to_string(place.path("crawled/crawl/outcomes.jsonl")).unwrap();
    for reason in [
        "the server answered 500 Internal Server Error",
        "the server answered 403 Forbidden for the thumbnail",
        "expected a JPEG, PNG, WebP, GIF or BMP image",
        "bytes without the mark of its end",
        "redirects without an end",
        "is not an https address",
        "the answer ended at 5000 of ",
    ] {
        assert!(ledger.contains(reason), "{reason} in {ledger}");
    }
    // Four attempts for what may pass, one for what will not.
    let asked = |uid: &str| double.requests().iter().filter(|r| r.target().contains(uid)).count();
    let uids: Vec<String> = models(30).into_iter().map(|model| model.uid).collect();
    assert_eq!((asked(&uids[0]), asked(&uids[1]), asked(&uids[2])), (4, 1, 4));
    let (_, out, _) = output(&mut place.program(&double, &["--search", ""]));
    assert!(out.contains("8 failed; --retry-failed tries them again"), "{out}");
    assert!(out.contains(&format!("{}: the server answered 500", uids[0])), "{out}");
}

#[test]
fn only_what_failed_is_tried_again() {
    let (place, made) = (Place::new(), models(30));
    let bad: Vec<String> = made[..3].iter().map(|model| model.uid.clone()).collect();
    // Four times is as often as is tried; then it does well.
    let double = Double::with(made.clone(), move |asked, often| {
        let hit = matches!(asked, Asked::Thumbnail(uid) if bad.contains(uid)) && often < 4;
        hit.then(|| status("500 Internal Server Error"))
    });
    assert_eq!(place.crawl(&double, search("")).left.failed, 3);
    let before = double.counts();
    assert_eq!(place.crawl(&double, search("")).left.failed, 3);
    assert_eq!(double.counts(), before);
    let summary = place.crawl(&double, crawl::Task::RetryFailed);
    assert_eq!((summary.kept, summary.new, summary.left.failed), (30, 3, 0));
    assert_eq!(double.counts(), [before[0], before[1], before[2] + 3]);
    let quiet = Place::new();
    quiet.crawl(&Double::of(made.clone()), search(""));
    assert_eq!(place.uids(), quiet.uids());
}

#[test]
fn a_list_that_breaks_off_is_gone_on_with_later() {
    let (place, broken) =
        (Place::new(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true)));
    let state = broken.clone();
    let double = Double::with(models(60), move |asked, _| {
        let hit = *asked == Asked::Page(24) && state.load(std::sync::atomic::Ordering::Relaxed);
        hit.then_some(Fault::Html("200 OK"))
    });
    let summary = place.run(&double, search("")).unwrap();
    let sentence = summary.stopped.unwrap().to_string();
    assert!(
        sentence.contains("did not come in 4 attempts (the API answered with a page of HTML"),
        "{sentence}"
    );
    assert_eq!(place.uids().len(), 24);
    broken.store(false, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(place.crawl(&double, search("")).new, 36);
    // One page, four attempts at the next, and later the two that are left.
    assert_eq!(double.counts(), [7, 0, 60]);
}

#[test]
fn a_form_that_changed_is_told_and_one_odd_row_is_not_the_end() {
    for change in [
        (|answer| answer["results"] = serde_json::json!({"items": []}))
            as fn(&mut serde_json::Value),
        |answer| {
            answer.as_object_mut().unwrap().remove("results");
        },
        |answer| answer["results"] = serde_json::json!([{"id": 1}, "x", null]),
    ] {
        let (place, double) =
            (Place::new(), Double::with(models(5), move |_, _| Some(Fault::Changed(change))));
        let sentence = place.run(&double, search("")).unwrap().stopped.unwrap().to_string();
        assert!(sentence.contains("its form may have changed"), "{sentence}");
    }
    let (place, double) = (
        Place::new(),
        Double::with(models(20), |asked, _| {
            let odd = |answer: &mut serde_json::Value| {
                let rows = answer["results"].as_array_mut().unwrap();
                rows[0] = serde_json::json!(null);
                rows[1]["uid"] = serde_json::json!("../../etc/passwd");
                rows[2]["name"] = serde_json::json!(7);
                rows[3]["likeCount"] = serde_json::json!("many");
                rows[4]["categories"] = serde_json::json!("none");
                rows[5]["thumbnails"]["images"][0]["width"] = serde_json::json!(null);
                rows[6]["viewerUrl"] = serde_json::json!("javascript:alert(1)");
                rows[7]["tags"] = serde_json::json!([{"slug": "only|slug"}]);
            };
            matches!(asked, Asked::Page(_)).then_some(Fault::Changed(odd))
        }),
    );
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.unreadable), (18, 2));
    let rows = place.rows();
    assert_eq!(rows[0]["name"], rows[0]["uid"]);
    assert_eq!(
        (&*rows[1]["likes"], &*rows[2]["category"], &*rows[5]["tags"]),
        ("", "", "only/slug")
    );
    assert_eq!(rows[4]["url"], format!("https://sketchfab.com/3d-models/{}", rows[4]["uid"]));
}

#[test]
fn a_refusal_is_told_in_the_apis_own_words() {
    let (place, double) = (Place::new(), Double::of(models(5)));
    let filter = crawl::Filter { licences: vec!["st".into()], ..Default::default() };
    let task = crate::crawling::collect(crawl::Place::Sketchfab, filter);
    let sentence = place.run(&double, task).unwrap().stopped.unwrap().to_string();
    assert!(
        sentence.contains("the API answered 400")
            && sentence.contains("st is not one of the available choices"),
        "{sentence}"
    );
    let denied = Double::with(models(5), |_, _| Some(status("401 Unauthorized")));
    let sentence = place.run(&denied, search("")).unwrap().stopped.unwrap().to_string();
    assert!(
        sentence.contains("give a token in SKETCHFAB_TOKEN or with --token-file"),
        "{sentence}"
    );
}

/// A way to the server that is lost for a while costs no model anything.
#[test]
fn an_outage_is_waited_for() {
    let (place, made) = (Place::new(), models(12));
    let media = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = media.local_addr().unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // Every thumbnail redirects to another server.
    let double = Double::with(made.clone(), move |asked, _| {
        let Asked::Thumbnail(uid) = asked else { return None };
        count.fetch_add(1, Relaxed);
        Some(Fault::Redirect(format!("http://{there}/models/{uid}")))
    });
    let mut options = place.options(&double, search(""));
    options.retry_policy.pause = Duration::from_nanos(100);
    options.retry_policy.attempts = 60;
    let (answered, attempts) = (options.downloads + 1, 12 * 60);
    let answer = move |_: usize, request: &Request| {
        let uid = request.target().rsplit('/').next().unwrap();
        let model = made.iter().find(|model| model.uid == uid).unwrap();
        let link = model.record("")["thumbnails"]["images"][2]["url"].clone();
        let bytes = model.thumbnail(link.as_str().unwrap()).unwrap();
        Some(Reply::new("200 OK", &[], &bytes))
    };
    // It answers more requests than are under way at once, so that one answer was surely taken. It comes back
    // after more attempts than all models together may take.
    let server = std::thread::spawn(move || {
        for _ in 0..answered {
            server::serve(media.accept().unwrap().0, &Default::default(), &answer);
        }
        drop(media);
        let port = taken(there);
        wait_until("attempts", || asked.load(Relaxed) > attempts);
        Server::on(listening(port), answer)
    });
    let summary = crawl::run(&options).unwrap();
    server.join().unwrap();
    assert!(summary.stopped.is_none(), "{:?}", summary.stopped);
    assert_eq!((summary.kept, summary.left), (12, Default::default()), "{:?}", summary.reasons);
}

/// A port that is taken, but at which nobody listens: connections are refused.
fn taken(address: SocketAddr) -> TcpSocket {
    let port = TcpSocket::new_v4().unwrap();
    port.set_reuseaddr(true).unwrap();
    port.bind(address).unwrap();
    port
}

fn listening(port: TcpSocket) -> TcpListener {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let _inside = runtime.enter();
    let listener = port.listen(128).unwrap().into_std().unwrap();
    listener.set_nonblocking(false).unwrap();
    listener
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let (place, double) = (Place::new(), Double::of(models(1)));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = changed(place.options(&double, search("")), |options| {
        options.api = format!("http://{gone}")
    });
    let sentence = crawl::run(&options).unwrap().stopped.unwrap().to_string();
    assert!(
        sentence.contains("run the same command again later; it continues where it stopped"),
        "{sentence}"
    );
    for api in ["http://api.sketchfab.com", "api.sketchfab.com", "ftp://x"] {
        let options =
            changed(place.options(&double, search("")), |options| options.api = api.to_owned());
        let sentence = crawl::run(&options).unwrap_err().to_string();
        assert!(sentence.contains("plain http is allowed for this machine only"), "{sentence}");
    }
}
