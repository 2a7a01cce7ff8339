//! Evaluation: measures by values, labelled images, sites, and the contact sheet.

use std::path::Path;

use image::{Rgb, RgbImage};
use recasketch::commands::eval::{Measures, judge};
use recasketch::search::Neighbour;
use serde_json::Value;

use crate::program::{fails, succeeds};

#[test]
fn queries_are_those_whose_label_another_row_has() {
    let labels = ["a", "b", "", "a", "", "c"];
    let ranking = |row: usize| {
        let others = (0..labels.len()).filter(|&other| other != row);
        others.map(|row| Neighbour { row, score: 1.0 / row as f32 }).collect()
    };
    let judged = judge(&labels, ranking);
    // Row 0 finds row 3 third among 1, 2, 3, 4, 5; row 3 finds row 0 first.
    let rows: Vec<(usize, f64)> =
        judged.iter().map(|one| (one.row, one.measures.average_precision)).collect();
    assert_eq!(rows, [(0, 1.0 / 3.0), (3, 1.0)]);
    assert_eq!(judged[0].measures.precision_at_10, 0.2);
    assert_eq!(judged[1].measures, Measures::of(&[true, false, false, false, false]));
    assert_eq!(judged[0].top.iter().map(|found| found.row).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
}

/// Pictures of two kinds that any network tells apart, one that cannot be read, one of no category.
fn labelled(folder: &Path) -> String {
    std::fs::create_dir_all(folder.join("shapes/more")).unwrap();
    let mut labels = "id,file,category,name\n".to_owned();
    for at in 0..12u32 {
        let kind = at % 2;
        let (category, name) = match kind {
            0 => ("stripes|other", "<script>alert('x')</script>"),
            _ => ("discs", "\u{202e}disc & \"co\""),
        };
        let picture = RgbImage::from_fn(96, 64, |column, row| {
            let (x, y) = (f64::from(column) - 48.0, f64::from(row) - 32.0);
            let inside = match kind {
                0 => (column + at) / 6 % 2 == 0,
                _ => x.hypot(y) < 14.0 + f64::from(at),
            };
            if inside { Rgb([230, 220 - at as u8, 40]) } else { Rgb([20, 30, 60 + at as u8]) }
        });
        let file = format!("shapes/{}{at}.png", ["", "more/"][kind as usize]);
        picture.save(folder.join(&file)).unwrap();
        labels += &format!("{at},{file},{category},\"{}\"\n", name.replace('"', "\"\""));
    }
    std::fs::write(folder.join("shapes/broken.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    RgbImage::new(50, 50).save(folder.join("black.png")).unwrap();
    labels += "12,shapes/broken.png,discs,broken\n13,black.png,,\n";
    let path = folder.join("labels.csv");
    std::fs::write(&path, labels).unwrap();
    path.to_string_lossy().into_owned()
}

fn judged(arguments: &[&str]) -> Value {
    let [printed, _] = succeeds(&[arguments, &["--json"]].concat());
    serde_json::from_str(&printed).unwrap()
}

#[test]
fn labelled_images_are_judged_by_category_and_the_unreadable_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let labels = labelled(folder.path());
    let arguments =
        ["eval", "--network", "small", "--labels", &labels, "--descriptor", "map,root,average"];
    let evaluation = judged(&arguments);
    assert_eq!((&evaluation["pictures"], &evaluation["left_out"]), (&13.into(), &1.into()));
    let reports = evaluation["reports"].as_array().unwrap();
    let names: Vec<&Value> = reports.iter().map(|report| &report["descriptor"]).collect();
    assert_eq!(names, ["map", "root", "average"]);
    let map = &reports[0];
    assert_eq!(map["all"]["queries"], 12);
    assert_eq!(map["all"]["mean_average_precision"]["mean"], 1.0);
    assert_eq!(map["all"]["ndcg_at_10"]["low"], 1.0);
    assert_eq!(map["all"]["precision_at_1"]["mean"], 1.0);
    // Five of ten can be right, and are.
    assert_eq!(map["all"]["precision_at_10"]["mean"], 0.5);
    let categories: Vec<(&Value, &Value)> = map["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|quality| (&quality["category"], &quality["queries"]))
        .collect();
    assert_eq!(categories, [(&"discs".into(), &6.into()), (&"stripes".into(), &6.into())]);
    for (difference, report) in
        evaluation["differences"].as_array().unwrap().iter().zip(&reports[1..])
    {
        assert_eq!(
            (&difference["descriptor"], &difference["minus"]),
            (&report["descriptor"], &"map".into())
        );
        let means = [&report["all"], &map["all"]]
            .map(|quality| quality["mean_average_precision"]["mean"].as_f64().unwrap());
        let mean = difference["mean_average_precision"]["mean"].as_f64().unwrap();
        assert!((mean - (means[0] - means[1])).abs() < 1e-12);
    }
    assert_eq!(evaluation["differences"].as_array().unwrap().len(), 2);
    assert_eq!(judged(&arguments), evaluation, "the same draws every time");

    let [printed, said] = succeeds(&arguments);
    assert!(said.contains("left out") && said.contains("broken.png"), "{said}");
    for part in ["13 pictures, 1 left out", "root - map", "stripes", "1.000..1.000"] {
        assert!(printed.contains(part), "{part} in {printed}");
    }
}

#[test]
fn only_one_folder_is_judged_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let labels = labelled(folder.path());
    let arguments = ["eval", "--network", "small", "--labels", &labels, "--only"];
    let more = judged(&[&arguments[..], &["shapes/more"]].concat());
    assert_eq!((&more["pictures"], &more["left_out"]), (&6.into(), &0.into()));
    let none = fails(&[&arguments[..], &["elsewhere"]].concat());
    assert!(none.contains("expected labels of images in elsewhere, found none"), "{none}");
}

#[test]
fn the_sheet_is_one_file_in_which_names_are_text() {
    let folder = tempfile::tempdir().unwrap();
    let labels = labelled(folder.path());
    let path = folder.path().join("sheet.html");
    succeeds(&[
        "eval",
        "--network",
        "small",
        "--labels",
        &labels,
        "--sheet",
        &path.to_string_lossy(),
    ]);
    let html = std::fs::read_to_string(&path).unwrap();
    assert!(html.starts_with("<!DOCTYPE html>"));
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"));
    assert!(html.contains("<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;</bdi>"));
    assert!(html.contains("<bdi>\u{202e}disc &amp; &quot;co&quot;</bdi>"));
    // Two of each kind among the best and among the worst, each with ten answers, five of them right.
    let count = |part: &str| html.matches(part).count();
    assert_eq!(count("<article>"), 8);
    assert_eq!((count("<li class=\"right\">"), count("<li class=\"wrong\">")), (40, 40));
    assert_eq!(
        count("<img alt=\"\" width=\"112\" height=\"112\" src=\"data:image/jpeg;base64,/9j/"),
        88
    );
}

#[test]
fn labels_without_categories_or_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.csv");
    std::fs::write(&path, "file,name\na.png,A\n").unwrap();
    let said = fails(&["eval", "--network", "small", "--labels", &path.to_string_lossy()]);
    assert!(said.contains("columns `file` and `category`"), "{said}");
    std::fs::write(&path, "file,category\na.png,A\n").unwrap();
    let said = fails(&["eval", "--network", "small", "--labels", &path.to_string_lossy()]);
    assert!(said.contains("at least one image that can be used"), "{said}");
    std::fs::write(&path, "file,category\na.png,A\n,B\n").unwrap();
    let said = fails(&["eval", "--network", "small", "--labels", &path.to_string_lossy()]);
    assert!(said.contains("found none in line 3"), "{said}");
}

#[test]
fn a_sites_answers_find_the_demos_classes_far_above_chance() {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path).to_string_lossy().into_owned();
    succeeds(&["demo", "--models", "220", "--out", &at("demo")]);
    let (catalogue, thumbnails) = (at("demo/catalogue.csv"), at("demo/thumbnails"));
    let embed =
        ["embed", "--network", "small", "--catalogue", &catalogue, "--thumbnails", &thumbnails];
    succeeds(&[&embed[..], &["--out", &at("site")]].concat());
    let evaluation = judged(&["eval", "--site", &at("site"), "--sheet", &at("sheet.html")]);
    let names: Vec<&Value> =
        evaluation["reports"].as_array().unwrap().iter().map(|one| &one["descriptor"]).collect();
    assert_eq!(names, ["512 bytes a model", "128 bytes a model"]);
    let report = &evaluation["reports"][0];
    let (all, categories) = (&report["all"], report["categories"].as_array().unwrap());
    assert_eq!((&all["queries"], categories.len()), (&220.into(), 44));
    // Four of 219 others are of the query's class, so at most 0.4 of ten; chance gives 0.018.
    let precision = all["precision_at_10"]["mean"].as_f64().unwrap();
    assert!((0.25..=0.4).contains(&precision), "precision {precision}");
    assert!(all["mean_average_precision"]["low"].as_f64().unwrap() > 0.5);
    let html = std::fs::read_to_string(at("sheet.html")).unwrap();
    assert_eq!(
        (html.matches("<article>").count(), html.matches("missing\"></div>").count()),
        (24, 0)
    );
    images_of_a_site_are_asked(folder.path());
}

/// By the site's own thumbnails, each of which finds itself first.
fn images_of_a_site_are_asked(folder: &Path) {
    let at = |path: &str| folder.join(path).to_string_lossy().into_owned();
    let catalogue = std::fs::read_to_string(at("demo/catalogue.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(catalogue.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().take(2).map(|row| row.unwrap()).collect();
    let [[one, _, class], [other, name, _]] =
        [0, 1].map(|row| [0, 1, 2].map(|column| rows[row][column].to_owned()));
    std::fs::write(at("demo/thumbnails/broken.jpg"), b"\xff\xd8").unwrap();
    let table = format!(
        "wanted,file\n{class},{one}.jpg\n nothing | {},{other}.jpg\n{class},broken.jpg\nunicorns,{one}.jpg\n-,{one}.jpg\n",
        name.to_uppercase()
    );
    std::fs::write(at("queries.csv"), table).unwrap();
    let [site, queries, images] = ["site", "queries.csv", "demo/thumbnails"].map(at);
    let sheet = at("queries.html");
    let arguments = ["eval", "--site", &site, "--queries", &queries, "--images", &images];
    let judged = judged(&[&arguments[..], &["--sheet", &sheet]].concat());
    let counts = ["models", "queries", "absent", "left_out"];
    assert_eq!(counts.map(|count| judged[count].as_u64().unwrap()), [220, 2, 1, 2]);
    assert_eq!(
        ["unlike", "absent_unlike"].map(|share| judged[share].as_f64().unwrap()),
        [0.0, 0.0]
    );
    for measure in ["first", "any_at_12", "mean_reciprocal_rank"] {
        assert_eq!(judged[measure], serde_json::json!({"mean": 1.0, "low": 1.0, "high": 1.0}));
    }
    // Five models are of the class; the name is one model's.
    let answered = judged["answered"].as_array().unwrap();
    assert_eq!(answered[0]["wanted"], serde_json::json!([class]));
    let precisions = [0, 1].map(|at| answered[at]["precision_at_12"].as_f64().unwrap());
    assert!((precisions[0] * 5.0).fract().abs() < 1e-9 && precisions[0] >= 0.2, "{precisions:?}");
    assert_eq!(precisions[1], 1.0);
    assert_eq!(judged["precision_at_12"]["mean"], precisions.iter().sum::<f64>() / 2.0);
    let html = std::fs::read_to_string(&sheet).unwrap();
    assert!(html.contains("2 query images and 220 models.") && html.contains(">P@12</abbr> 1.000"));

    let [printed, said] = succeeds(&arguments);
    assert!(printed.contains("2 images asked of 220 models, 2 left out"), "{printed}");
    let absent = "no model is called similar for 0.000 of them\nand for 0.000 of 1 images of which nothing is wanted";
    assert!(printed.contains(absent), "{printed}");
    assert!(
        said.contains("broken.jpg") && said.contains("expected a model named unicorns"),
        "{said}"
    );
    std::fs::write(&queries, "file,category\na.jpg,chairs\n").unwrap();
    let said = fails(&arguments);
    assert!(said.contains("expected the columns `file` and `wanted`"), "{said}");
    std::fs::write(&queries, "file,wanted\na.jpg, | \n").unwrap();
    let said = fails(&arguments);
    assert!(said.contains("the column `wanted` in every row, found none in line 2"), "{said}");
}

/// The figures that another program gives, `models/descriptors.py --only market`.
#[test]
fn the_market_set_is_judged_as_others_judged_it() {
    let labels = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/images/labels.csv");
    if !labels.is_file() {
        println!("skipped: {} is not on this machine", labels.display());
        return;
    }
    let labels = labels.to_string_lossy();
    let arguments = [
        "eval",
        "--network",
        "small",
        "--labels",
        &labels,
        "--only",
        "market",
        "--descriptor",
        "map,root",
    ];
    let evaluation = judged(&arguments);
    let all = &evaluation["reports"][0]["all"];
    let mean = |measure: &str| all[measure]["mean"].as_f64().unwrap();
    assert_eq!(all["queries"], 307);
    assert!((mean("mean_average_precision") - 0.835).abs() < 0.003);
    assert!((mean("precision_at_10") - 0.827).abs() < 0.003);
    let gain = &evaluation["differences"][0]["mean_average_precision"];
    assert!(gain["low"].as_f64().unwrap() > 0.0, "the root is better: {gain}");
}
