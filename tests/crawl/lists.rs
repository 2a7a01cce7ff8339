//! Lists that do not go on as they should.

use serde_json::json;

use recasketch::commands::crawl::{Filter, Place as Source};

use crate::crawling::{collect, search, texts};
use crate::double::{Asked, Double};
use crate::faults::Fault;
use crate::models::models;
use crate::place::Place;
use crate::program::output;

#[test]
fn a_cursor_that_comes_again_ends_the_list_with_a_warning() {
    let double = || {
        Double::with(models(100), |asked, _| {
            let back = |answer: &mut serde_json::Value| answer["cursors"]["next"] = json!("24");
            (*asked == Asked::Page(48)).then_some(Fault::Changed(back))
        })
    };
    let place = Place::new();
    let summary = place.crawl(&double(), search(""));
    assert_eq!((summary.kept, summary.left.repeated), (72, 0));
    let (place, double) = (Place::new(), double());
    let (code, _, err) = output(&mut place.program(&double, &["--search", ""]));
    assert_eq!(code, Some(0));
    assert!(
        err.contains("/v3/search: the list repeats a cursor; the crawl treats this as its end"),
        "{err}"
    );
    assert_eq!(double.counts()[0], 3);
}

#[test]
fn a_page_that_comes_again_under_new_cursors_ends_the_list() {
    let double = Double::with(models(100), |asked, _| {
        let Asked::Page(start) = asked else { return None };
        // Whatever is asked for from the third page on, the second one comes.
        let again = |answer: &mut serde_json::Value| {
            let second: Vec<_> =
                models(48)[24..].iter().map(|model| model.record("http://127.0.0.1:1")).collect();
            answer["results"] = json!(second);
        };
        (*start >= 48).then_some(Fault::Changed(again))
    });
    let summary = Place::new().crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.repeated, double.counts()[0]), (48, 24, 3));
}

#[test]
fn empty_pages_in_a_row_end_the_list_and_one_does_not() {
    let empty = |answer: &mut serde_json::Value| answer["results"] = json!([]);
    let one = Double::with(models(100), move |asked, _| {
        (*asked == Asked::Page(24)).then_some(Fault::Changed(empty))
    });
    assert_eq!(Place::new().crawl(&one, search("")).kept, 76);
    let all = Double::with(models(200), move |asked, _| {
        matches!(asked, Asked::Page(start) if *start >= 24).then_some(Fault::Changed(empty))
    });
    assert_eq!(Place::new().crawl(&all, search("")).kept, 24);
    assert_eq!(all.counts()[0], 4);
}

#[test]
fn a_model_on_two_pages_is_kept_once() {
    let mut made = models(60);
    let twice = made[10].clone();
    made.insert(30, twice);
    let (place, double) = (Place::new(), Double::of(made));
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.repeated, double.counts()[2]), (60, 1, 60));
    let all: Vec<String> = models(60).into_iter().map(|model| model.uid).collect();
    assert_eq!(place.uids(), all);
}

#[test]
fn every_filter_reaches_the_api_and_is_held_against_what_it_sends() {
    let made = models(200);
    let chosen = |wanted: &dyn Fn(&crate::models::Made) -> bool| -> Vec<String> {
        made.iter().filter(|model| wanted(model)).map(|model| model.uid.clone()).collect()
    };
    let category = made[0].category;
    let none = Filter::default();
    let cases: [(Filter, Vec<String>); 6] = [
        (Filter { user: Some("author2".into()), ..none.clone() }, chosen(&|m| m.user == "author2")),
        (
            Filter { categories: texts(&[category]), ..none.clone() },
            chosen(&|m| m.category == category),
        ),
        (
            Filter { tags: made[0].tags[..1].to_vec(), ..none.clone() },
            chosen(&|m| m.tags.contains(&made[0].tags[0])),
        ),
        (
            Filter { licences: texts(&["cc0", "by"]), ..none.clone() },
            chosen(&|m| m.licence.unwrap().0 != "by-nc"),
        ),
        (Filter { downloadable: true, ..none.clone() }, chosen(&|m| m.downloadable)),
        (Filter { staff_picked: true, ..none.clone() }, chosen(&|m| m.staff_picked)),
    ];
    for (filter, wanted) in cases {
        assert!(wanted.len() > 5 && wanted.len() < 195);
        let (place, double) = (Place::new(), Double::of(made.clone()));
        let summary = place.crawl(&double, collect(Source::Sketchfab, filter.clone()));
        assert_eq!(
            (place.uids(), summary.left),
            (wanted.clone(), Default::default()),
            "{filter:?}"
        );
        // A collection takes no parameters, so what it lists is filtered here.
        let mut collected = made.clone();
        collected.iter_mut().for_each(|model| model.collections.push("c1".into()));
        let (place, double) = (Place::new(), Double::of(collected));
        let summary = place.crawl(&double, collect(Source::Collection("c1".into()), filter));
        assert_eq!((place.uids(), summary.left.filtered), (wanted.clone(), 200 - wanted.len()));
        assert_eq!(double.counts(), [9, 0, wanted.len()]);
    }
}

#[test]
fn a_minimum_of_likes_ends_a_list_sorted_by_them() {
    let (place, double) = (Place::new(), Double::of(models(400)));
    let filter = Filter { minimum_likes: 400, ..Filter::default() };
    let summary = place.crawl(&double, collect(Source::Search(String::new()), filter));
    let mut liked: Vec<_> = models(400).into_iter().filter(|model| model.likes >= 400).collect();
    liked.sort_by_key(|model| std::cmp::Reverse(model.likes));
    let liked: Vec<String> = liked.into_iter().map(|model| model.uid).collect();
    assert_eq!((summary.kept, place.uids()), (liked.len(), liked.clone()));
    // 17 pages are all; those with as many likes, and one that has none of them.
    assert!(double.counts()[0] <= liked.len() / 24 + 2, "{:?}", double.counts());
}

#[test]
fn a_list_of_the_form_of_2017_is_completed_by_each_models_own_address() {
    let old = |answer: &mut serde_json::Value| {
        for row in answer["results"].as_array_mut().unwrap() {
            for field in
                ["tags", "categories", "license", "isAgeRestricted", "faceCount", "archives"]
            {
                row.as_object_mut().unwrap().remove(field);
            }
        }
    };
    let mut made = models(50);
    made[4].tags.push("noai".to_owned());
    let (place, double) = (
        Place::new(),
        Double::with(made.clone(), move |asked, _| {
            matches!(asked, Asked::Page(_)).then_some(Fault::Changed(old))
        }),
    );
    let summary = place.crawl(&double, search(""));
    assert_eq!((summary.kept, summary.left.noai), (49, 1));
    assert_eq!(double.counts(), [3, 50, 49]);
    assert_eq!(place.rows()[0]["tags"], made[0].tags.join("|"));
    // 53 requests for 50 models: within 1.1 all the same.
    assert!(summary.api_requests as f64 <= 1.1 * 50.0);
    place.crawl(&double, search(""));
    assert_eq!(double.counts(), [3, 50, 49]);
}

#[test]
fn a_search_that_ends_at_ten_thousand_says_so() {
    let place = Place::new();
    let models: Vec<_> = (0..10_100)
        .map(|index| {
            let mut model = models(1).remove(0);
            (model.uid, model.sizes) = (format!("{index:032x}"), Some(Vec::new()));
            model
        })
        .collect();
    let double = Double::of(models);
    let (code, out, err) = output(&mut place.program(&double, &["--search", ""]));
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("10000 without a thumbnail"), "{out}");
    let advice = "10,000 models at most, and this one reached that; divide it by category";
    assert!(err.contains(advice), "{err}");
}
