//! `recasketch crawl` against a double of Sketchfab's API that fails in every way it can.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/content.rs"]
mod content;
mod crawling;
mod definitions;
mod double;
mod faults;
mod keeping;
mod lists;
mod models;
mod owner;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/program.rs"]
mod program;
#[path = "../support/server.rs"]
mod server;
mod sources;
#[path = "../support/mod.rs"]
mod support;
mod trouble;
#[path = "../support/waiting.rs"]
mod waiting;
#[cfg(unix)]
mod weekly;

use std::time::{Duration, Instant};

use recasketch::commands::crawl;

use crawling::{CONTACT, limited, search};
use double::{Asked, Double};
use faults::Fault;
use models::models;
use place::{Place, changed};

#[test]
fn a_search_brings_every_model_with_all_that_is_known_of_it() {
    let (place, mut made) = (Place::new(), models(60));
    made[7].name = "Chair, \"old\"\n \u{202e}und schön".to_owned();
    made[8].licence = None;
    let double = Double::of(made.clone());
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.new, summary.left), (60, 60, Default::default()));
    assert_eq!(summary.sizes, [("720x405".to_owned(), 60, true)]);
    let rows = place.rows();
    for (row, model) in rows.iter().zip(&made) {
        assert_eq!(row["uid"], model.uid);
        assert_eq!(row["author"], format!("{} & Co", model.user));
        assert_eq!(row["author_url"], format!("https://sketchfab.com/{}", model.user));
        assert_eq!(row["category"], model.category);
        assert_eq!(row["tags"], model.tags.join("|"));
        assert_eq!(
            (&row["likes"], &row["views"]),
            (&model.likes.to_string(), &(model.likes * 17).to_string())
        );
        assert_eq!(row["faces"], model.faces.map_or(String::new(), |faces| faces.to_string()));
        assert_eq!(row["published"], "2021-03-18T09:36:25.430631");
        assert!(
            row["url"].starts_with("https://sketchfab.com/3d-models/")
                && row["url"].ends_with(&model.uid)
        );
        assert!(row["thumbnail_url"].starts_with(&format!(
            "{}/models/{}/",
            double.url(),
            model.uid
        )));
        assert_eq!(
            (&*row["thumbnail_size"], &*row["file"]),
            ("720x405", &*format!("{}.jpg", model.uid))
        );
        let thumbnail = place.path("crawled/thumbnails").join(&row["file"]);
        let path = row["thumbnail_url"].strip_prefix(&double.url()).unwrap();
        assert_eq!(std::fs::read(thumbnail).unwrap(), model.thumbnail(path).unwrap());
    }
    assert_eq!(rows[7]["name"], "Chair, \"old\" \u{202e}und schön");
    assert_eq!((&*rows[8]["licence"], &*rows[9]["licence"]), ("not stated", "CC Attribution"));
}

/// The figure: at most 1.1 requests a model, thumbnails aside.
#[test]
fn a_search_asks_a_page_for_24_models_and_each_thumbnail_once() {
    let (place, double) = (Place::new(), Double::of(models(100)));
    let summary = place.crawl(&double, search(""));
    assert_eq!(double.counts(), [5, 0, 100]);
    assert_eq!((summary.api_requests, summary.file_requests), (5, 100));
    let bytes: u64 = place
        .rows()
        .iter()
        .map(|row| {
            std::fs::metadata(place.path("crawled/thumbnails").join(&row["file"])).unwrap().len()
        })
        .sum();
    assert!(summary.bytes > bytes);
    for request in double.requests() {
        let agent = request.header("User-Agent").unwrap();
        assert!(agent.starts_with("recasketch/") && agent.contains(CONTACT), "{agent}");
        assert_eq!(request.header("Authorization"), None);
    }
}

#[test]
fn a_limit_ends_the_list_and_a_higher_one_goes_on_with_it() {
    let (place, double) = (Place::new(), Double::of(models(200)));
    assert_eq!(place.crawl(&double, limited(search(""), 30)).kept, 30);
    assert_eq!(double.counts(), [2, 0, 30]);
    let summary = place.crawl(&double, limited(search(""), 50));
    assert_eq!((summary.kept, summary.new), (50, 20));
    assert_eq!(double.counts(), [3, 0, 50]);
    let all: Vec<String> = models(200).into_iter().map(|model| model.uid).collect();
    assert_eq!(place.uids(), all[..50]);
    assert_eq!(place.crawl(&double, search("")).kept, 200);
    assert_eq!(place.uids(), all);
    assert_eq!(double.counts(), [9, 0, 200]);
}

#[test]
fn what_is_there_is_not_asked_for_again() {
    let (place, double) = (Place::new(), Double::of(models(50)));
    place.crawl(&double, search(""));
    let (before, asked) = (content::content(&place.path("crawled")), double.requests().len());
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.new, double.requests().len()), (50, 0, asked));
    assert_eq!(content::content(&place.path("crawled")), before);
}

#[test]
fn noai_and_models_for_adults_are_left_out_and_counted() {
    let (place, mut made) = (Place::new(), models(30));
    made[3].tags.push("NoAI".to_owned());
    made[4].tags.push("no-ai".to_owned());
    made[5].restricted = true;
    let double = Double::of(made.clone());
    let summary = place.crawl(&double, limited(search(""), 25));
    assert_eq!((summary.kept, summary.left.noai, summary.left.age_restricted), (25, 2, 1));
    let asked: Vec<String> =
        double.requests().iter().map(|request| request.target().to_owned()).collect();
    for left in [3, 4, 5] {
        assert!(!asked.iter().any(|target| target.contains(&made[left].uid)));
        assert!(!place.uids().contains(&made[left].uid));
    }
    let (other, crawl::Task::Collect { query, limit, .. }) = (Place::new(), search("")) else {
        unreachable!()
    };
    let adults = crawl::Task::Collect { query, limit, age_restricted: true };
    let summary = other.crawl(&double, adults);
    assert_eq!((summary.kept, summary.left.noai, summary.left.age_restricted), (28, 2, 0));
    assert!(double.requests().last().is_some_and(|_| other.uids().contains(&made[5].uid)));
}

#[test]
fn small_and_missing_thumbnails_are_told() {
    let (place, mut made) = (Place::new(), models(6));
    made[0].sizes = Some(vec![[64, 36], [256, 144]]);
    made[1].sizes = Some(vec![[200, 200], [64, 36]]);
    made[2].sizes = Some(Vec::new());
    made[3].sizes = None;
    let double = Double::of(made);
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.no_thumbnail), (4, 2));
    let mut sizes = summary.sizes;
    sizes.sort();
    let told = |size: &str, count, reaches| (size.to_owned(), count, reaches);
    assert_eq!(
        sizes,
        [told("200x200", 1, false), told("256x144", 1, false), told("720x405", 2, true)]
    );
    let (code, out, _) = program::output(&mut place.program(&double, &["--search", ""]));
    assert_eq!(code, Some(0));
    assert!(
        out.contains("720x405: the smallest there is whose short side reaches 224 pixels"),
        "{out}"
    );
    assert!(
        out.contains("256x144: the largest there is; its short side does not reach 224"),
        "{out}"
    );
    assert!(out.contains("2 without a thumbnail"), "{out}");
}

#[test]
fn several_thumbnails_are_under_way_at_once() {
    // Six requests wait for each other; fewer at once would never be answered.
    let together = std::sync::Barrier::new(6);
    let (place, double) = (
        Place::new(),
        Double::with(models(6), move |asked, _| {
            if matches!(asked, Asked::Thumbnail(_)) {
                together.wait();
            }
            None
        }),
    );
    assert_eq!(place.crawl(&double, search("")).kept, 6);
    assert_eq!(double.counts(), [1, 0, 6]);
}

#[test]
fn one_rate_holds_for_all_requests_together() {
    let (place, double) = (Place::new(), Double::of(models(20)));
    let options = changed(place.options(&double, search("")), |options| options.rate = 50.0);
    let start = Instant::now();
    assert_eq!(crawl::run(&options).unwrap().kept, 20);
    // The page and 20 thumbnails, none before its turn. How long after it depends on the machine.
    let mut times: Vec<Instant> = double.requests().iter().map(|request| request.1).collect();
    times.sort();
    assert_eq!(times.len(), 21);
    for (before, time) in times.into_iter().enumerate() {
        assert!(time >= start + Duration::from_millis(20) * before as u32, "{before}");
    }
}

#[test]
fn a_lists_second_kind_of_cursor_is_followed_too() {
    let (place, double) = (Place::new(), Double::of(models(70)));
    let filter = crawl::Filter { user: Some("author3".into()), ..Default::default() };
    let summary = place.crawl(&double, crawling::collect(crawl::Place::Sketchfab, filter));
    assert_eq!(summary.kept, 10);
    assert!(double.requests()[0].target().starts_with("/v3/models?"));
    let all = Place::new();
    let filter = crawl::Filter { downloadable: true, ..Default::default() };
    let kept = all.crawl(&double, crawling::collect(crawl::Place::Sketchfab, filter)).kept;
    assert_eq!(kept, models(70).iter().filter(|model| model.downloadable).count());
    let cursors = double.requests().iter().filter(|r| r.target().contains("cursor=bz0yNA")).count();
    assert_eq!(cursors, 1);
}

#[test]
fn slow_and_stalled_answers_keep_nobody_waiting_and_are_cut_at_the_deadline() {
    let (place, made) = (Place::new(), models(40));
    let (slow, stalled) = (made[0].uid.clone(), made[1].uid.clone());
    let double = Double::with(made, move |asked, _| match asked {
        Asked::Thumbnail(uid) if *uid == slow => Some(Fault::Slow(Duration::from_millis(50))),
        Asked::Thumbnail(uid) if *uid == stalled => Some(Fault::Stall),
        _ => None,
    });
    let run = |task| {
        let mut options = place.options(&double, task);
        (options.retry_policy.deadline, options.retry_policy.attempts) =
            (Duration::from_millis(400), 2);
        crawl::run(&options).unwrap()
    };
    let mut summary = run(search(""));
    // A busy machine may cut a good answer too. The same commands bring it in the end, and never the two.
    for _ in 0..100 {
        if (summary.kept, summary.left.failed) == (38, 2) {
            break;
        }
        run(crawl::Task::RetryFailed);
        summary = run(search(""));
    }
    assert_eq!((summary.kept, summary.left.failed), (38, 2));
    assert!(
        summary.reasons.iter().all(|(_, reason)| reason.contains(" bytes")),
        "{:?}",
        summary.reasons
    );
}
