//! Other places to collect from than a search.

use std::path::Path;

use recasketch::commands::crawl::{self, Filter, Place as Source};
use serde_json::{Value, json};

use crate::content::content;
use crate::crawling::{collect, from};
use crate::double::{Asked, Double};
use crate::faults::Fault;
use crate::models::{Made, models};
use crate::place::{Place, changed};
use crate::program::output;

/// Uids, each in one of the forms in which people write them down.
fn written(made: &[Made]) -> String {
    let line = |(index, Made { uid, .. }): (usize, &Made)| match index % 4 {
        0 => uid.clone(),
        1 => format!("https://sketchfab.com/3d-models/some-name-{uid}"),
        2 => format!("https://sketchfab.com/models/{uid}/embed?autostart=1"),
        _ => format!("  {uid}\r"),
    };
    made.iter().enumerate().map(|row| line(row) + "\n").collect()
}

#[test]
fn a_file_of_uids_and_links_is_asked_for_one_by_one() {
    let (place, mut made) = (Place::new(), models(20));
    made[2].gone = true;
    made[3].tags.push("noai".into());
    made[4].restricted = true;
    let list =
        place.write("list.txt", format!("# mine\n{}\nnonsense\n{}\n", written(&made), made[0].uid));
    let double = Double::of(made.clone());
    let summary = place.crawl(&double, from(&list));
    let left = summary.left;
    assert_eq!((summary.kept, left.gone, left.noai, left.age_restricted), (17, 1, 1, 1));
    assert_eq!((left.unreadable, left.repeated), (1, 1));
    assert_eq!(double.counts(), [0, 20, 17]);
    let wanted = made.iter().enumerate().filter(|(index, _)| ![2, 3, 4].contains(index));
    assert_eq!(place.uids(), wanted.map(|(_, model)| model.uid.clone()).collect::<Vec<_>>());
    assert_eq!(place.rows()[0]["author"], format!("{} & Co", made[0].user));
    assert!(
        summary.reasons[0].1.contains("the API answered 404: Not found."),
        "{:?}",
        summary.reasons
    );
    place.crawl(&double, from(&list));
    assert_eq!(double.counts(), [0, 20, 17]);
}

#[test]
fn a_list_is_filtered_by_what_each_models_own_address_says() {
    let (place, made) = (Place::new(), models(30));
    let list = place.write("list.txt", written(&made));
    let filter = Filter { minimum_likes: 200, licences: vec!["by".into()], ..Filter::default() };
    let summary = place.crawl(&Double::of(made.clone()), collect(Source::File(list), filter));
    let wanted = made.iter().filter(|model| model.likes >= 200 && model.licence.unwrap().0 == "by");
    let wanted: Vec<String> = wanted.map(|model| model.uid.clone()).collect();
    assert!(!wanted.is_empty());
    assert_eq!((place.uids(), summary.left.filtered), (wanted.clone(), 30 - wanted.len()));
}

#[test]
fn rec_a_sketchs_own_file_is_read() {
    let (place, made) = (Place::new(), models(6));
    let rows = made.iter().map(|model| format!("\\{} | old\\|{}\n", model.name, model.uid));
    let list = place.write("model_urls.psv", format!("name|mid\n{}", rows.collect::<String>()));
    let summary = place.crawl(&Double::of(made.clone()), from(&list));
    assert_eq!((summary.kept, summary.left), (6, Default::default()));
    assert_eq!(place.rows()[5]["name"], made[5].name);
}

/// The file that Rec-a-Sketch published, where it lies beside the project: all of it is read, and three
/// of its models are asked for.
#[test]
fn the_file_that_rec_a_sketch_published_is_read_to_its_end() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/catalogue/model_urls.psv");
    if !path.is_file() {
        println!("skipped: {} is not on this machine", path.display());
        return;
    }
    let (place, double) = (Place::new(), Double::of(Vec::new()));
    let summary = place.crawl(&double, crate::crawling::limited(from(&path), 3));
    assert_eq!((summary.left.gone, summary.left.unreadable, summary.left.repeated), (3, 0, 18));
    let listed = std::fs::read_to_string(place.path("crawled/crawl/listing-1.jsonl")).unwrap();
    let page: Value = serde_json::from_str(listed.lines().nth(1).unwrap()).unwrap();
    let found = page["page"]["found"].as_array().unwrap();
    assert_eq!(found.len(), 28_806);
    assert!(found.iter().any(|row| row["model"]["name"] == "Overwatch | Dva Fan Art"));
}

#[test]
fn a_table_of_links_needs_no_api() {
    let (place, made) = (Place::new(), models(4));
    let double = Double::of(made.clone());
    let link = |model: &Made| model.record(&double.url())["thumbnails"]["images"][2]["url"].clone();
    let link = |model: &Made| link(model).as_str().unwrap().to_owned();
    let table = format!(
        "name,author,licence,tags,thumbnail_url,url\nOne,Ann,CC0,a|b,{},https://ann.example/1\nTwo,,,noai,{},\n\
         Three,,,,http://example.com/plain.jpg,\nFour,,,,,https://sketchfab.com/3d-models/x-{}\n",
        link(&made[0]),
        link(&made[1]),
        made[3].uid,
    );
    let summary = place.crawl(&double, from(&place.write("links.csv", table)));
    assert_eq!((summary.kept, summary.left.noai, summary.left.failed), (2, 1, 1));
    assert_eq!(double.counts(), [0, 1, 2]);
    let rows = place.rows();
    let told = ["name", "author", "licence", "tags", "url"].map(|column| &*rows[0][column]);
    assert_eq!(told, ["One", "Ann", "CC0", "a|b", "https://ann.example/1"]);
    assert_eq!((&*rows[0]["thumbnail_size"], rows[0]["uid"].len()), ("720x405", 32));
    assert_eq!((&rows[1]["uid"], &rows[1]["name"]), (&made[3].uid, &made[3].name));
    assert!(
        summary.reasons[0].1.contains("'http://example.com/plain.jpg' is not an https address")
    );
}

#[test]
fn objaverses_annotations_need_the_api_only_for_links_that_have_rotted() {
    let (place, mut made) = (Place::new(), models(12));
    made[5].licence = None;
    let double = Double::of(made.clone());
    let annotate = |model: &Made| {
        let mut record = model.record(&double.url());
        record["license"] = json!(model.licence.map_or("", |(slug, _)| slug));
        (model.uid.clone(), record)
    };
    let annotations: serde_json::Map<String, Value> = made.iter().map(annotate).collect();
    double.change(|models| {
        models[3].version = 1;
        models[4].gone = true;
    });
    let file = place.write("annotations.json", Value::from(annotations).to_string());
    let summary = place.crawl(&double, from(&file));
    assert_eq!((summary.kept, summary.left.gone), (11, 1));
    // A thumbnail each, another for the new link; own addresses for the two that had rotted.
    assert_eq!(double.counts(), [0, 2, 13]);
    let rows = place.rows();
    let licence = |uid: &str| rows.iter().find(|row| row["uid"] == uid).unwrap()["licence"].clone();
    assert_eq!(licence(&made[0].uid), "CC Attribution");
    assert_eq!(licence(&made[5].uid), "not stated");
}

#[test]
fn the_real_record_beside_the_project_is_read() {
    let file = "real_model_record_objaverse_annotation.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sketchfab-api").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not on this machine", path.display());
        return;
    };
    let (place, made) = (Place::new(), models(1));
    let double = Double::with(made.clone(), {
        let bytes = made[0].clone();
        move |asked, _| match asked {
            Asked::Thumbnail(uid) if uid.starts_with("8476c4") => {
                let link = bytes.record("")["thumbnails"]["images"][2]["url"].clone();
                Some(Fault::Body(bytes.thumbnail(link.as_str().unwrap()).unwrap()))
            }
            _ => None,
        }
    });
    let text = text.replace("https://media.sketchfab.com", &double.url());
    let summary = place.crawl(&double, from(&place.write("one.json", text)));
    assert_eq!(summary.kept, 1);
    let row = &place.rows()[0];
    let told = [
        "name",
        "author",
        "author_url",
        "licence",
        "tags",
        "likes",
        "views",
        "faces",
        "url",
        "thumbnail_size",
    ];
    assert_eq!(
        told.map(|column| &*row[column]),
        [
            "Iain_Dawson_Kew_Road_Formby",
            "Alan Grice Staircase Co Ltd",
            "https://sketchfab.com/agrice",
            "CC Attribution",
            "stair|staircase|staircon",
            "0",
            "4",
            "14608",
            "https://sketchfab.com/3d-models/8476c4170df24cf5bbe6967222d1a42d",
            "720x405",
        ]
    );
    // 720x405 is the third of five, and the smallest that is high enough.
    assert!(row["thumbnail_url"].ends_with("/180f2238f5e3444bb8362306b14c2ecc.jpeg"));
}

#[test]
fn a_folder_of_images_is_a_source_and_its_folders_are_categories() {
    let (place, made) = (Place::new(), models(3));
    let link = |model: &Made| model.record("")["thumbnails"]["images"][2]["url"].clone();
    let bytes = |model: &Made| model.thumbnail(link(model).as_str().unwrap()).unwrap();
    place.write("images/chair one.jpg", bytes(&made[0]));
    place.write("images/seats/chair-2.jpg", bytes(&made[1]));
    place.write("images/tables/chair-2.jpg", bytes(&made[2]));
    place.write("images/tables/broken.png", b"\x89PNG\r\n\x1a\nno more");
    place.write("images/notes.txt", b"not an image");
    let double = Double::of(Vec::new());
    let options = changed(place.options(&double, from(&place.path("images"))), |options| {
        options.contact = None
    });
    let summary = crawl::run(&options).unwrap();
    assert_eq!(
        (summary.kept, summary.left.failed, summary.api_requests + summary.file_requests),
        (3, 1, 0)
    );
    let rows = place.rows();
    let column = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<_>>();
    assert_eq!(column("name"), ["chair one", "chair-2", "chair-2"]);
    assert_eq!(column("category"), ["", "seats", "tables"]);
    assert_eq!((rows[1]["uid"].as_str(), rows[2]["uid"].len()), ("chair-2", 32));
    assert!(rows.iter().all(|row| place.path("crawled/thumbnails").join(&row["file"]).is_file()));
    assert_eq!(content(&place.path("crawled/thumbnails")).len(), 3);
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_asked() {
    let (place, double) = (Place::new(), Double::of(models(1)));
    let missing = place.path("nowhere.txt").display().to_string();
    let cases: [(&[&str], i32, &str); 7] = [
        (&[], 1, "expected what to collect, found nothing named; add --search"),
        (&["--from", &missing], 1, "nowhere.txt"),
        (&["--licence", "cc-by"], 2, "[possible values: by, by-sa,"),
        (&["--search", "a", "--collection", "b"], 2, "cannot be used with"),
        (&["--refresh", "--search", "a"], 2, "cannot be used with"),
        (&["--retry-failed", "--limit", "3"], 2, "cannot be used with"),
        (&["--refresh"], 1, "expected a crawl in "),
    ];
    for (arguments, expected, sentence) in cases {
        let (code, _, err) = output(&mut place.program(&double, arguments));
        assert_eq!(code, Some(expected), "{arguments:?}: {err}");
        assert!(err.contains(sentence), "{arguments:?}: {err}");
    }
    let mut nobody = std::process::Command::new(env!("CARGO_BIN_EXE_recasketch"));
    nobody
        .args(["crawl", "--search", "a", "--api", &double.url(), "--out"])
        .arg(place.path("crawled"));
    assert!(
        output(&mut nobody)
            .2
            .contains("expected an address where you can be reached, found no --contact")
    );
    assert_eq!(double.requests().len(), 0);
    assert!(!place.path("crawled/catalogue.csv").exists());
}
