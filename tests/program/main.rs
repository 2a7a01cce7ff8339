//! The owner's program, as an owner runs it: real files, real exit codes, the sentences that it prints.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/content.rs"]
mod content;
mod eval;
mod help;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/program.rs"]
mod program;
mod recommend;
mod serve;
#[cfg(target_os = "linux")]
#[path = "../support/waiting.rs"]
mod waiting;

use std::process::Output;

use content::content;
use place::Place;
use program::{fails, recasketch, text};

/// How many models the tests' catalogue has: two of each class.
const MODELS: usize = 88;

/// Runs a verb that must succeed and gives what it printed.
fn succeeds(arguments: &[&str]) -> String {
    let [printed, _] = program::succeeds(arguments);
    printed
}

impl Place {
    /// Draws a catalogue into `demo/`.
    fn demo(&self, models: usize) -> &Place {
        succeeds(&["demo", "--models", &models.to_string(), "--out", &self.at("demo")]);
        self
    }

    fn embed(&self, more: &[&str]) -> Output {
        self.embed_with("small", more)
    }

    fn embed_with(&self, network: &str, more: &[&str]) -> Output {
        let (catalogue, thumbnails, out) =
            (self.at("demo/catalogue.csv"), self.at("demo/thumbnails"), self.at("site"));
        let network = ["embed", "--network", network];
        let first = ["--catalogue", &catalogue, "--thumbnails", &thumbnails, "--out", &out];
        recasketch(&[&network[..], &first, more].concat())
    }
}

#[test]
fn the_same_seed_draws_the_same_bytes_and_another_does_not() {
    let place = Place::new();
    for (out, seed) in [("a", "5"), ("b", "5"), ("c", "6")] {
        succeeds(&["demo", "--models", "50", "--seed", seed, "--out", &place.at(out)]);
    }
    assert_eq!(content(&place.path("a")), content(&place.path("b")));
    assert_ne!(content(&place.path("a")), content(&place.path("c")));
    assert_eq!(content(&place.path("a")).len(), 50 + 8 + 1);
}

#[test]
fn the_demo_is_labelled_and_of_sketchfabs_size() {
    let place = Place::new();
    place.demo(MODELS);
    let mut reader = csv::Reader::from_path(place.path("demo/catalogue.csv")).unwrap();
    let columns = reader.headers().unwrap().clone();
    for column in ["uid", "name", "category", "tags", "author", "licence"] {
        assert!(columns.iter().any(|name| name == column), "{column} in {columns:?}");
    }
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let categories: std::collections::BTreeSet<&str> = rows.iter().map(|row| &row[2]).collect();
    assert_eq!((rows.len(), categories.len()), (MODELS, 44));
    for row in &rows {
        let thumbnail = place.path(&format!("demo/thumbnails/{}.jpg", &row[0]));
        assert_eq!(image::image_dimensions(thumbnail).unwrap(), (256, 144));
    }
}

#[test]
fn views_of_one_model_share_its_category() {
    let place = Place::new();
    let out = place.at("demo");
    let printed = succeeds(&["demo", "--models", "3", "--views", "2", "--out", &out]);
    assert!(printed.starts_with("3 models from 2 sides each drawn into "), "{printed}");
    let mut reader = csv::Reader::from_path(place.path("demo/catalogue.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let found: Vec<(&str, &str)> = rows.iter().map(|row| (&row[0], &row[2])).collect();
    let pairs = ["demo-1-000000", "demo-1-000001", "demo-1-000002"];
    let expected: Vec<(String, &str)> = pairs
        .iter()
        .flat_map(|model| [(format!("{model}-0"), *model), (format!("{model}-1"), *model)])
        .collect();
    let expected: Vec<(&str, &str)> =
        expected.iter().map(|(uid, model)| (&**uid, *model)).collect();
    assert_eq!(found, expected);
    let bytes = |view: &str| {
        std::fs::read(place.path(&format!("demo/thumbnails/demo-1-000002-{view}.jpg"))).unwrap()
    };
    assert_ne!(bytes("0"), bytes("1"));
}

#[test]
fn an_embedded_catalogue_answers_with_itself() {
    let place = Place::new();
    let output = place.demo(MODELS).embed(&["--strict"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("88 models embedded in "), "{}", text(&output.stdout));
    let thumbnail = place.at("demo/thumbnails/demo-1-000017.jpg");
    let found =
        succeeds(&["search", &thumbnail, "--site", &place.at("site"), "--top", "3", "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&found).unwrap();
    let neighbours = answer["neighbours"].as_array().unwrap();
    assert_eq!(neighbours.len(), 3);
    let first = &neighbours[0];
    assert_eq!(
        (&first["uid"], &first["row"], &first["score"]),
        (&"demo-1-000017".into(), &17.into(), &1.0.into())
    );
    assert_eq!(first["author"], "recasketch demo generator");
    let scores: Vec<f64> = neighbours.iter().map(|n| n["score"].as_f64().unwrap()).collect();
    assert!(scores[1] < 1.0 && scores[1] >= scores[2] && scores[2] > 0.0, "{scores:?}");
    let printed = succeeds(&["search", &thumbnail, "--site", &place.at("site"), "--top", "3"]);
    assert!(printed.starts_with("  1  1.0000  ") && printed.lines().count() == 3, "{printed}");
}

#[test]
fn words_name_models_alone_and_beside_an_image() {
    let place = Place::new();
    place.demo(MODELS).embed(&[]);
    let site = place.at("site");
    let thumbnail = place.at("demo/thumbnails/demo-1-000017.jpg");
    let search = |question: &[&str]| -> serde_json::Value {
        let more = ["--site", &site, "--json"];
        let found = succeeds(&[&["search"], question, &more[..]].concat());
        serde_json::from_str(&found).unwrap()
    };
    let categories = |answer: &serde_json::Value| -> Vec<String> {
        let found = answer["neighbours"].as_array().unwrap().iter();
        found.map(|one| one["categories"][0].as_str().unwrap().to_owned()).collect()
    };
    let named = search(&["--words", "teapto"]);
    assert_eq!(named["ranked_by"], "words");
    // Two of each of 44 classes are drawn.
    assert_eq!(categories(&named), ["teapot", "teapot"]);
    assert_eq!(
        (&named["alike"], &named["neighbours"][0]["closer_than"]),
        (&0.0.into(), &0.0.into())
    );
    let few = search(&[&thumbnail, "--words", "teapot", "--top", "5"]);
    assert_eq!((&few["ranked_by"], categories(&few).len()), (&"both".into(), 5));
    assert!(categories(&few).contains(&"teapot".to_owned()));
    let many = search(&[&thumbnail, "--words", "demo", "--top", "5"]);
    assert_eq!(many["ranked_by"], "picture");
    let plain = search(&[&thumbnail, "--top", "5"]);
    assert_eq!(
        (&plain["ranked_by"], &plain["neighbours"]),
        (&"picture".into(), &many["neighbours"])
    );
    let none = search(&["--words", "xyzzy"]);
    assert_eq!(none["neighbours"], serde_json::json!([]));
    assert_eq!(
        succeeds(&["search", "--words", "xyzzy", "--site", &site]),
        "no model is named so\n"
    );
}

#[test]
fn a_second_run_writes_the_same_site_and_leaves_nothing_older() {
    let place = Place::new();
    place.demo(30).embed(&[]);
    let first = content(&place.path("site"));
    // What the last run named stays until the run after.
    let embed_twice = |options: &[&str]| {
        place.embed(options);
        place.embed(options);
        content(&place.path("site"))
    };
    let squashed = embed_twice(&["--fit", "squash"]);
    assert_ne!(first, squashed);
    assert_eq!(first.len(), squashed.len());
    assert_eq!(embed_twice(&[]), first);
}

/// A query is resized as the catalogue was: only then does a thumbnail find itself with a score of 1.
#[test]
fn a_site_of_nearest_pixels_is_searched_with_nearest_pixels() {
    let place = Place::new();
    place.demo(9).embed(&["--fit", "squash", "--resize", "nearest"]);
    let thumbnail = place.at("demo/thumbnails/demo-1-000007.jpg");
    let found = succeeds(&["search", &thumbnail, "--site", &place.at("site"), "--top", "1"]);
    assert!(found.starts_with("  1  1.0000  ") && found.contains("demo-1-000007"), "{found}");
    assert_eq!(place.embed(&["--resize", "bilinear"]).status.code(), Some(2));
}

#[test]
fn thumbnails_that_cannot_be_read_are_named_counted_and_left_out() {
    let place = Place::new();
    place.demo(10);
    place.write("demo/thumbnails/demo-1-000002.jpg", b"<html>404</html>");
    place.write("demo/thumbnails/demo-1-000003.jpg", b"");
    std::fs::remove_file(place.path("demo/thumbnails/demo-1-000004.jpg")).unwrap();
    let output = place.embed(&[]);
    assert!(output.status.success());
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(out.starts_with("7 models embedded") && out.contains("3 left out"), "{out}");
    for reason in [
        "left out demo-1-000002: this image cannot be read: expected a JPEG, PNG, WebP, GIF or BMP image",
        "left out demo-1-000003: this image cannot be used: expected a JPEG, PNG, WebP, GIF or BMP image, found an empty file",
        "left out demo-1-000004: ",
    ] {
        assert!(err.contains(reason), "{reason} in {err}");
    }
    assert_eq!(place.embed(&["--strict"]).status.code(), Some(1));
    assert_eq!(content(&place.path("site/thumbnails")).len(), 7);
}

#[test]
fn not_one_thumbnail_is_a_failure_that_keeps_the_old_site() {
    let place = Place::new();
    place.demo(5).embed(&[]);
    let before = content(&place.path("site"));
    std::fs::create_dir(place.path("empty")).unwrap();
    let output = recasketch(&[
        "embed",
        "--network",
        "small",
        "--catalogue",
        &place.at("demo/catalogue.csv"),
        "--thumbnails",
        &place.at("empty"),
        "--out",
        &place.at("site"),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("at least one thumbnail that can be embedded, found none")
    );
    assert_eq!(content(&place.path("site")), before);
}

#[test]
fn catalogues_that_are_wrong_are_refused_before_anything_is_done() {
    let place = Place::new();
    place.demo(1);
    let cases: [(&[u8], &str); 4] = [
        (b"", "expected at least one model in "),
        (b"name,author\nchair,me\n", "found the columns name, author;"),
        (
            b"uid,name\na,\xff\xfe\n",
            "found letters of another encoding in line 2; save it as UTF-8",
        ),
        (b"uid,name\n,x\n", ": it has no uid\n"),
    ];
    for (bytes, sentence) in cases {
        place.write("demo/catalogue.csv", bytes);
        let output = place.embed(&[]);
        assert_eq!(output.status.code(), Some(1), "{}", text(bytes));
        assert!(text(&output.stderr).contains(sentence), "{sentence} in {}", text(&output.stderr));
    }
    assert!(!place.path("site").exists());
}

#[test]
fn a_byte_order_mark_line_ends_of_windows_and_other_columns_are_taken() {
    let place = Place::new();
    place.demo(1);
    let row = "\u{feff}name,id,likes,category,file\r\n\"Chair, \"\"old\"\"\",k1,7,Seats|Wood,demo-1-000000.jpg\r\n";
    place.write("demo/catalogue.csv", row.as_bytes());
    assert!(place.embed(&["--strict"]).status.success());
    let thumbnail = place.at("demo/thumbnails/demo-1-000000.jpg");
    let found = succeeds(&["search", &thumbnail, "--site", &place.at("site"), "--json"]);
    let answer: serde_json::Value = serde_json::from_str(&found).unwrap();
    let model = &answer["neighbours"][0];
    assert_eq!((&model["uid"], &model["name"]), (&"k1".into(), &"Chair, \"old\"".into()));
    assert_eq!(model["categories"], serde_json::json!(["Seats", "Wood"]));
}

#[test]
fn a_site_of_mixed_files_is_refused() {
    let place = Place::new();
    place.demo(5).embed(&[]);
    let mut embeddings = content(&place.path("site")).into_iter().map(|(path, _)| path);
    let file = embeddings.find(|path| path.to_string_lossy().starts_with("embeddings-")).unwrap();
    let file = place.path("site").join(file);
    let whole = std::fs::read(&file).unwrap();
    let search =
        || fails(&["search", &place.at("demo/samples/chair.jpg"), "--site", &place.at("site")]);
    std::fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert!(search().contains("as the manifest names it, found other content"));
    std::fs::remove_file(&file).unwrap();
    assert!(search().contains("embeddings-"));
    std::fs::remove_file(place.path("site/manifest.json")).unwrap();
    assert!(search().contains("manifest.json"));
}

#[test]
fn a_wrong_network_is_refused_by_name() {
    let place = Place::new();
    place.demo(1).write("network.onnx", b"<!DOCTYPE html>");
    let output = place.embed_with(&place.at("network.onnx"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr)
            .contains("expected an ONNX file or a packed network, found a page of HTML")
    );
}

#[test]
fn inspect_writes_what_the_network_sees() {
    let place = Place::new();
    place.demo(2).embed(&[]);
    let image = place.at("demo/samples/car.jpg");
    let printed =
        succeeds(&["inspect", &image, "--site", &place.at("site"), "--out", &place.at("car")]);
    assert_eq!(printed, "224 x 224 x 3 bytes, [7, 7, 128] floats\n");
    assert_eq!(std::fs::read(place.path("car.pixels")).unwrap().len(), 224 * 224 * 3);
    assert_eq!(std::fs::read(place.path("car.features")).unwrap().len(), 7 * 7 * 128 * 4);
}

#[test]
fn bench_times_every_step() {
    let place = Place::new();
    place.demo(2).embed(&[]);
    let printed = succeeds(&["bench", "--site", &place.at("site"), "--profile", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(["avx512", "avx2", "portable"].contains(&summary["kernel"].as_str().unwrap()));
    let layers = summary["profile"].as_array().unwrap();
    // The first two are one layer, as the map between them is never made.
    assert_eq!(layers.len(), 12);
    assert_eq!(layers[0]["layer"], "block1_conv1, block1_conv2");
    assert_eq!(layers[11]["layer"], "block5_conv3");
    assert!(layers.iter().all(|layer| layer["of_peak"].as_f64().unwrap() > 0.0));
    let rows = summary["timings"].as_array().unwrap();
    let work: Vec<&str> = rows.iter().map(|row| row["work"].as_str().unwrap()).collect();
    let has_fast = work.contains(&"pixels -> feature map, --fast");
    assert_eq!(has_fast, recasketch::network::Network::can_be_fast());
    let is_everywhere = |work: &&str| !work.ends_with("threads") && !work.ends_with("--fast");
    let work: Vec<&str> = work.into_iter().filter(is_everywhere).collect();
    assert_eq!(
        work,
        [
            "image bytes -> pixels",
            "pixels -> feature map",
            "feature map -> embedding",
            "embedding -> query",
            "100 nearest of 2"
        ]
    );
    for row in rows {
        let at = |name: &str| row[name].as_f64().unwrap();
        assert!(
            0.0 < at("minimum_ms")
                && at("minimum_ms") <= at("median_ms")
                && at("median_ms") <= at("maximum_ms")
        );
    }
}
