//! The ledger: what is kept over kills, refreshes and a second process, and what is told to nobody.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use recasketch::commands::crawl::{self, Task, Token};

use crate::content::content;
use crate::crawling::{collect, from, limited, search};
use crate::double::{Asked, Double};
use crate::faults::Fault;
use crate::models::{Made, models};
use crate::place::{Place, changed};
use crate::program::output;
use crate::waiting::wait_until;

#[test]
fn a_second_process_on_the_same_folder_is_refused() {
    let (place, double) = (
        Place::new(),
        Double::with(models(30), |asked, _| {
            matches!(asked, Asked::Thumbnail(_)).then_some(Fault::Stall)
        }),
    );
    let mut first = place
        .program(&double, &["--search", ""])
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("a thumbnail", || double.requests().len() >= 2);
    let (code, _, err) = output(&mut place.program(&double, &["--search", ""]));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(code, Some(1));
    assert!(
        err.contains("another recasketch is crawling into this folder; wait until it is done"),
        "{err}"
    );
}

#[test]
fn a_lost_ledger_costs_pages_and_no_thumbnail() {
    let (place, double) = (Place::new(), Double::of(models(50)));
    place.crawl(&double, search(""));
    let before = content(&place.path("crawled"));
    std::fs::remove_dir_all(place.path("crawled/crawl")).unwrap();
    place.crawl(&double, search(""));
    assert_eq!(double.counts(), [6, 0, 50]);
    assert_eq!(content(&place.path("crawled")), before);
}

#[test]
fn somebody_elses_catalogue_is_not_overwritten() {
    let (place, double) = (Place::new(), Double::of(models(5)));
    let path = place.write("crawled/catalogue.csv", "uid,name\nmine,Mine\n");
    let sentence = place.run(&double, search("")).unwrap_err().to_string();
    assert!(sentence.contains("which no crawl has written; name another folder"), "{sentence}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "uid,name\nmine,Mine\n");
    assert_eq!(double.requests().len(), 0);
}

#[test]
fn a_thumbnail_that_was_cut_or_lost_is_brought_again() {
    let (place, double) = (Place::new(), Double::of(models(20)));
    place.crawl(&double, search(""));
    let before = content(&place.path("crawled"));
    let thumbnail =
        |index: usize| place.path("crawled/thumbnails").join(&place.rows()[index]["file"]);
    let bytes = std::fs::read(thumbnail(3)).unwrap();
    std::fs::write(thumbnail(3), &bytes[..bytes.len() / 2]).unwrap();
    std::fs::remove_file(thumbnail(4)).unwrap();
    place.crawl(&double, search(""));
    assert_eq!(double.counts(), [1, 0, 22]);
    assert_eq!(content(&place.path("crawled")), before);
}

#[test]
fn two_searches_share_a_folder_and_what_both_find_is_asked_for_once() {
    let (place, double) = (Place::new(), Double::of(models(100)));
    let first = place.crawl(&double, search("0")).kept;
    let both = place.crawl(&double, search("1")).kept;
    let named =
        |digit: char| models(100).into_iter().filter(move |model| model.name.contains(digit));
    assert_eq!(first, named('0').count());
    let all: std::collections::HashSet<String> =
        named('0').chain(named('1')).map(|model| model.uid).collect();
    assert_eq!((both, double.counts()[2]), (all.len(), all.len()));
    assert_eq!(place.uids()[..first], named('0').map(|model| model.uid).collect::<Vec<_>>());
}

/// What one search leaves out, another may want.
#[test]
fn a_model_that_one_list_leaves_out_is_kept_for_another() {
    let (place, mut made) = (Place::new(), models(30));
    made.iter_mut().for_each(|model| model.collections.push("c1".into()));
    let double = Double::of(made.clone());
    let filter = crawl::Filter { licences: vec!["cc0".into()], ..Default::default() };
    let narrow = collect(crawl::Place::Collection("c1".into()), filter);
    let summary = place.crawl(&double, narrow.clone());
    assert_eq!((summary.kept, summary.left.filtered), (10, 20));
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.filtered), (30, 0));
    assert_eq!(place.uids(), made.iter().map(|model| model.uid.clone()).collect::<Vec<_>>());
    assert_eq!(place.crawl(&double, narrow).kept, 30);
    assert_eq!(double.counts()[2], 30);
}

#[test]
fn a_refresh_renews_what_is_known_keeps_thumbnails_and_lists_what_has_disappeared() {
    let (place, made) = (Place::new(), models(60));
    let double = Double::of(made.clone());
    place.crawl(&double, search(""));
    let (rows, before) = (place.rows(), double.counts());
    let thumbnails = content(&place.path("crawled/thumbnails"));
    double.change(|models| {
        models[0].likes = 9_999;
        models[1].version = 1;
        models[2].gone = true;
        models[3].tags.push("noai".into());
        let mut new = models[5].clone();
        (new.uid, new.name) = ("f".repeat(32), "New".into());
        models.push(new);
    });
    let summary = place.crawl(&double, Task::Refresh);
    assert_eq!((summary.kept, summary.left.noai), (59, 1));
    // Three pages, the one that is gone by its own address, and the new one's thumbnail.
    assert_eq!(double.counts(), [before[0] + 3, before[1] + 1, before[2] + 1]);
    let renewed = place.rows();
    assert_eq!(renewed[0]["likes"], "9999");
    assert_ne!(renewed[1]["thumbnail_url"], rows[1]["thumbnail_url"]);
    assert_eq!(renewed.last().unwrap()["name"], "New");
    let gone: Vec<&str> = summary.disappeared.iter().map(|model| &*model.uid).collect();
    assert_eq!(gone, [&made[2].uid, &made[3].uid]);
    let listed = std::fs::read_to_string(place.path("crawled/disappeared.csv")).unwrap();
    assert!(listed.contains(&made[2].uid) && listed.contains(&made[3].uid));
    let kept = content(&place.path("crawled/thumbnails"));
    assert!(
        thumbnails.iter().all(|file| kept.contains(file)) && kept.len() == thumbnails.len() + 1
    );
    // Nothing is left to renew or to ask.
    let (after, counts) = (content(&place.path("crawled")), double.counts());
    place.crawl(&double, search(""));
    assert_eq!((content(&place.path("crawled")), double.counts()), (after, counts));
}

#[test]
fn a_refresh_of_uids_asks_each_again_and_loses_none_that_fails() {
    let (place, made) = (Place::new(), models(20));
    let list = place
        .write("list.txt", made.iter().map(|model| model.uid.clone() + "\n").collect::<String>());
    let (down, sick) =
        (std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)), made[6].uid.clone());
    let state = down.clone();
    let double = Double::with(made.clone(), move |asked, _| {
        let hit = *asked == Asked::Detail(sick.clone())
            && state.load(std::sync::atomic::Ordering::Relaxed);
        hit.then(|| Fault::Status("500 Internal Server Error", Vec::new()))
    });
    place.crawl(&double, from(&list));
    assert_eq!(double.counts(), [0, 20, 20]);
    down.store(true, std::sync::atomic::Ordering::Relaxed);
    double.change(|models| {
        models[5].likes = 12_345;
        models[7].gone = true;
    });
    let summary = place.crawl(&double, Task::Refresh);
    assert_eq!((summary.kept, summary.left.gone, summary.left.failed), (19, 1, 0));
    assert_eq!(place.rows()[5]["likes"], "12345");
    assert_eq!(place.rows()[6]["uid"], made[6].uid);
    assert_eq!(
        summary.disappeared.iter().map(|model| &*model.uid).collect::<Vec<_>>(),
        [&*made[7].uid]
    );
    assert_eq!(double.counts()[2], 20);
}

#[test]
fn a_model_that_a_list_shows_no_more_is_kept_while_it_is_there() {
    let (place, made) = (Place::new(), models(40));
    let double = Double::of(made.clone());
    place.crawl(&double, limited(search(""), 30));
    // Ten newer ones push ten others off the list.
    double.change(|models| models.rotate_right(10));
    let summary = place.crawl(&double, limited(search(""), 30));
    assert_eq!((summary.kept, summary.new), (30, 0));
    let summary = place.crawl(&double, Task::Refresh);
    assert_eq!((summary.kept, summary.disappeared.len()), (40, 0));
    let confirmed: Vec<String> = made[20..30].iter().map(|model| model.uid.clone()).collect();
    assert_eq!(place.uids()[30..], confirmed);
}

#[test]
fn a_refresh_that_is_broken_off_goes_on_and_ends_alike() {
    let refreshed = |breaks: bool| {
        let (place, state) =
            (Place::new(), std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false)));
        let broken = state.clone();
        let double = Double::with(models(100), move |asked, _| {
            let hit = *asked == Asked::Page(48)
                && broken.swap(false, std::sync::atomic::Ordering::Relaxed);
            hit.then(|| {
                Fault::Status("429 Too Many Requests", vec![("Retry-After", "7200".into())])
            })
        });
        place.crawl(&double, search(""));
        double.change(|models| (models[9].likes, models[11].gone) = (7, true));
        state.store(breaks, std::sync::atomic::Ordering::Relaxed);
        if breaks {
            let summary = place.run(&double, Task::Refresh).unwrap();
            assert!(summary.stopped.is_some() && summary.kept == 100);
        }
        let summary = place.crawl(&double, Task::Refresh);
        assert_eq!((summary.kept, summary.disappeared.len()), (99, 1));
        // Five pages twice, of which the third broke once, and two were there already.
        assert_eq!(double.counts(), [10 + usize::from(breaks), 1, 100]);
        let port = double.url();
        std::fs::read_to_string(place.path("crawled/catalogue.csv")).unwrap().replace(&port, "")
    };
    assert_eq!(refreshed(true), refreshed(false));
}

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_token_goes_to_the_api_alone_and_is_printed_nowhere() {
    let made = models(30);
    let odd = made[5].uid.clone();
    let double = Double::with(made, move |asked, often| match asked {
        Asked::Page(24) if often == 0 => Some(Fault::Echo("503 Service Unavailable")),
        Asked::Page(24) if often == 1 => Some(Fault::Echo("200 OK")),
        Asked::Thumbnail(uid) if *uid == odd => Some(Fault::Echo("404 Not Found")),
        Asked::Detail(_) => Some(Fault::Echo("403 Forbidden")),
        _ => None,
    });
    for by_file in [false, true] {
        let place = Place::new();
        let mut program = place.program(&double, &["--search", ""]);
        match by_file {
            true => program.arg("--token-file").arg(place.write("token", format!("{TOKEN}\n"))),
            false => program.env("SKETCHFAB_TOKEN", TOKEN),
        };
        let (code, out, err) = output(&mut program);
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains("the API answered 403: you sent GET /v3/models/"), "{out}");
        assert!(out.contains("Token [token]") || !out.contains("Authorization"), "{out}");
        assert!(!out.contains(TOKEN) && !err.contains(TOKEN));
        for (path, _) in content(&place.path("crawled")) {
            let bytes = std::fs::read(place.path("crawled").join(&path)).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains(TOKEN), "{}", path.display());
        }
    }
    for request in double.requests() {
        let api = request.target().starts_with("/v3/");
        let sent = api.then(|| format!("Token {TOKEN}"));
        assert_eq!(
            request.header("Authorization").map(str::to_owned),
            sent,
            "{}",
            request.target()
        );
    }
}

#[test]
fn a_token_that_the_api_does_not_take_ends_the_crawl_without_a_word_of_it() {
    let (place, double) =
        (Place::new(), Double::with(models(5), |_, _| Some(Fault::Echo("401 Unauthorized"))));
    let token = Some(Token::new(TOKEN).unwrap());
    let options = changed(place.options(&double, search("")), |options| options.token = token);
    assert!(!format!("{options:?}").contains(TOKEN));
    let sentence = crawl::run(&options).unwrap().stopped.unwrap().to_string();
    assert!(sentence.contains("check the token") && !sentence.contains(TOKEN), "{sentence}");
    assert_eq!(double.requests().len(), 1);
    let (code, _, err) =
        output(place.program(&double, &["--search", ""]).env("SKETCHFAB_TOKEN", "two words"));
    assert_eq!(code, Some(1));
    assert!(
        err.contains("expected a token in SKETCHFAB_TOKEN") && !err.contains("two words"),
        "{err}"
    );
    // A redirect to another host does not take the token with it.
    let other = Double::of(models(5));
    let there = other.url();
    let away = Double::with(models(5), move |_, _| {
        Some(Fault::Redirect(format!("{there}/v3/search?type=models")))
    });
    let options = changed(place.options(&away, search("away")), |options| {
        options.token = Some(Token::new(TOKEN).unwrap())
    });
    crawl::run(&options).unwrap();
    let sent = |double: &Double| double.requests()[0].header("Authorization").is_some();
    assert_eq!((sent(&away), sent(&other)), (true, false));
}

#[test]
fn old_catalogues_and_those_of_other_programs_are_still_read() {
    let place = Place::new();
    let path = place.write("old.csv", "uid,name,likes,views\nk1,One,many,7\n");
    let models = recasketch::site::catalogue::read_csv(&path).unwrap();
    assert_eq!((models[0].facts.likes, models[0].facts.views), (None, Some(7)));
    recasketch::site::catalogue::write_csv(&place.path("new.csv"), &models).unwrap();
    assert_eq!(recasketch::site::catalogue::read_csv(&place.path("new.csv")).unwrap(), models);
    // The page's copy has what the page shows, and no more.
    let shown = serde_json::to_value(&models[0]).unwrap();
    let mut columns: Vec<&String> = shown.as_object().unwrap().keys().collect();
    columns.sort();
    assert_eq!(
        columns,
        ["author", "categories", "licence", "name", "tags", "thumbnail", "uid", "url"]
    );
}

/// A collection's link is as good as its uid.
#[test]
fn a_collection_is_known_by_its_link() {
    let (place, mut made) = (Place::new(), models(30));
    let uid = "0123456789abcdef0123456789abcdef";
    made[..9].iter_mut().for_each(|model: &mut Made| model.collections.push(uid.into()));
    let double = Double::of(made);
    let link = format!("https://sketchfab.com/someone/collections/my-chairs-{uid}");
    assert_eq!(output(&mut place.program(&double, &["--collection", &link])).0, Some(0));
    assert_eq!(place.uids().len(), 9);
    let task = collect(crawl::Place::Collection("none".into()), Default::default());
    assert_eq!(place.crawl(&double, task).new, 0);
}

/// Ctrl-C: what is kept is said, and the same command goes on.
#[cfg(unix)]
#[test]
fn a_crawl_that_is_interrupted_says_what_is_kept_and_goes_on() {
    // Eight thumbnails come, and the others do not until the crawl was interrupted.
    let left = Arc::new(AtomicUsize::new(8));
    let good = left.clone();
    let fault = move |asked: &Asked, _: usize| {
        let comes = |left: usize| left.checked_sub(1);
        let is_thumbnail = matches!(asked, Asked::Thumbnail(_));
        let stalls = is_thumbnail && good.fetch_update(Relaxed, Relaxed, comes).is_err();
        stalls.then_some(Fault::Stall)
    };
    let (place, double) = (Place::new(), Double::with(models(60), fault));
    let mut program = place.program(&double, &["--search", ""]);
    let child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("a thumbnail that stalls", || double.counts()[2] > 8);
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted; ") && said.contains(" crawl "), "{said}");
    left.store(usize::MAX, Relaxed);
    let summary = place.crawl(&double, search(""));
    assert_eq!(summary.kept, 60);
    // But for those that were under way, nothing was asked for twice.
    let [.., thumbnails] = double.counts();
    assert!((60..=60 + 2 * 6).contains(&thumbnails), "{thumbnails}");
}
