//! Thumbnails as a site publishes them: smaller than the owner's, in packs where there are many, each made once.

use std::path::Path;

use recasketch::commands::embed::{self, Options};
use recasketch::pixels::{Picture, Pixels};
use recasketch::site::catalogue::{self, Model};
use recasketch::site::{self, PageSource, PublishedThumbnails, Site};

use crate::content::{content, manifest, names, published};
use crate::options::options;
use crate::page;
use crate::place::{Place, changed};
use crate::program::{recasketch, succeeds};

/// What every site of these models publishes: the thumbnails' paths, in the order of the models.
fn shown(site: &Path) -> Vec<String> {
    Site::open(site).unwrap().models.into_iter().map(|model| model.thumbnail.unwrap()).collect()
}

impl Place {
    /// Drawn models whose thumbnails are as large as Sketchfab's, but for the last, which stays small.
    fn with_wide_thumbnails(models: usize) -> Place {
        let place = Place::new();
        recasketch::commands::demo::write(&place.path("demo"), models as u64, 1, 1).unwrap();
        for model in &place.models()[..models - 1] {
            let path = place.path(&format!("demo/thumbnails/{}.jpg", model.uid));
            let drawn = image::open(&path).unwrap();
            let wide = drawn.resize_exact(720, 405, image::imageops::CatmullRom);
            wide.save(&path).unwrap();
        }
        place
    }

    fn models(&self) -> Vec<Model> {
        catalogue::read_csv(&self.path("demo/catalogue.csv")).unwrap()
    }

    fn wide(&self, change: impl FnOnce(&mut Options)) -> Vec<String> {
        let site = self.path("site");
        embed::run(&changed(options(&self.path("demo"), &site), change)).unwrap();
        shown(&site)
    }

    fn original(&self, model: &Model) -> Vec<u8> {
        std::fs::read(self.path(&format!("demo/thumbnails/{}.jpg", model.uid))).unwrap()
    }

    /// The bytes of a published thumbnail, by the format of its place.
    fn thumbnail(&self, place: &str) -> Vec<u8> {
        let (file, range) = place.split_once('#').unwrap_or((place, ""));
        let bytes = std::fs::read(self.path("site").join(file)).unwrap();
        match range.split_once('+') {
            None => bytes,
            Some((start, length)) => {
                let start: usize = start.parse().unwrap();
                bytes[start..start + length.parse::<usize>().unwrap()].to_vec()
            }
        }
    }
}

#[test]
fn cards_get_smaller_thumbnails_and_the_self_test_an_original() {
    let place = Place::with_wide_thumbnails(4);
    let models = place.models();
    let places = place.wide(|_| {});
    for (model, at) in models.iter().zip(&places) {
        let (original, thumbnail) = (place.original(model), place.thumbnail(at));
        let picture = Picture::read(&thumbnail).unwrap();
        if model.uid == models[3].uid {
            assert_eq!(thumbnail, original, "a small one is published as it is");
            continue;
        }
        assert_eq!((picture.width(), picture.height()), (384, 216));
        assert!(thumbnail.len() < original.len() / 2, "{} bytes", thumbnail.len());
    }
    // What is embedded are the originals: the first finds itself exactly.
    let manifest = manifest(&place.path("site"));
    assert_eq!(manifest.self_test.uid, models[0].uid);
    let original = std::fs::read(place.path("site").join(&manifest.self_test.file)).unwrap();
    assert_eq!(original, place.original(&models[0]));
    let recommender = Site::open(&place.path("site")).unwrap().recommender;
    let pixels: Pixels = recommender.pixels(&original).unwrap();
    let features = recommender.network().features(&pixels).unwrap();
    assert!(recommender.self_test(&features, &models[0].uid).unwrap() > 0.99999);
    // Four thumbnails and the self-test's.
    let files = names(&place.path("site"));
    assert_eq!(files.iter().filter(|name| name.starts_with("thumbnails/")).count(), 5);
}

#[test]
fn each_thumbnail_is_made_once_and_again_without_the_store_to_the_same_bytes() {
    let place = Place::with_wide_thumbnails(4);
    let first = place.wide(|_| {});
    let (site, store) = (published(&place.path("site")), place.path("site.thumbnails"));
    let made = std::fs::read(&store).unwrap();
    assert_eq!(place.wide(|_| {}), first);
    assert_eq!(std::fs::read(&store).unwrap(), made);
    assert_eq!(published(&place.path("site")), site);
    std::fs::remove_file(&store).unwrap();
    assert_eq!(place.wide(|_| {}), first);
    assert_eq!(std::fs::read(&store).unwrap(), made);
    assert_eq!(published(&place.path("site")), site);
    // Another width, and then the owner's files.
    let narrow = place.wide(|options| options.published = PublishedThumbnails::Reduced(100));
    let widths = narrow.iter().map(|at| Picture::read(&place.thumbnail(at)).unwrap().width());
    assert_eq!(widths.collect::<Vec<_>>(), [100; 4]);
    let originals = place.wide(|options| options.published = PublishedThumbnails::Originals);
    for (model, at) in place.models().iter().zip(&originals) {
        assert_eq!(place.thumbnail(at), place.original(model));
    }
}

#[test]
fn many_thumbnails_are_in_packs_from_which_the_program_reads() {
    let place = Place::with_wide_thumbnails(6);
    page::make(&place.path("page"));
    let alone = place.wide(|_| {});
    let alone: Vec<Vec<u8>> = alone.iter().map(|at| place.thumbnail(at)).collect();
    let packed = |options: &mut Options| {
        options.packs_above = 5;
        options.page = Some(PageSource::Folder(place.path("page")));
    };
    let places = place.wide(packed);
    assert!(places.iter().all(|at| at.starts_with("packs/") && at.contains(".bin#")));
    assert_eq!(places.iter().map(|at| place.thumbnail(at)).collect::<Vec<_>>(), alone);
    let files = names(&place.path("site"));
    let images = files.iter().filter(|name| name.starts_with("thumbnails/"));
    assert_eq!(images.count(), 1, "only the self-test's is alone");
    // A page is written again beside the packs, and the next publication of the same has the same files.
    let before = content(&place.path("site/packs"));
    site::rewrite(&place.path("site"), &PageSource::Folder(place.path("page")), None).unwrap();
    assert_eq!(names(&place.path("site")), files);
    assert_eq!(place.wide(packed), places);
    assert_eq!(content(&place.path("site/packs")), before);
    // The sheet of `eval` shows what the packs hold.
    let (site, sheet) = (place.at("site"), place.at("sheet.html"));
    succeeds(&["eval", "--site", &site, "--sheet", &sheet]);
    let html = place.text("sheet.html");
    assert!(!html.contains("class=\"missing\""), "a picture is missing");
}

#[test]
fn a_width_that_no_card_needs_is_refused_by_name() {
    let place = Place::with_wide_thumbnails(2);
    let [catalogue, thumbnails, site] =
        ["demo/catalogue.csv", "demo/thumbnails", "site"].map(|name| place.at(name));
    let arguments =
        ["embed", "--catalogue", &catalogue, "--thumbnails", &thumbnails, "--out", &site];
    let output = recasketch(&[&arguments[..], &["--thumbnail-width", "5"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("a width of 64 to 4096 pixels, or `original`, found '5'"), "{said}");
    assert!(!place.path("site").exists());
}

#[test]
fn thumbnails_at_their_sources_are_links_that_the_policy_allows_and_no_files() {
    let place = Place::with_wide_thumbnails(4);
    page::make(&place.path("page"));
    let mut models = place.models();
    for (model, link) in models.iter_mut().zip([
        "https://media.example.org/models/a.jpeg?size=1",
        "https://MEDIA.example.org:443/b.jpeg",
        "http://media.example.org/plain.jpeg", // no browser shows it on a page of https
    ]) {
        model.facts.thumbnail_url = Some(link.to_owned());
    }
    catalogue::write_csv(&place.path("demo/catalogue.csv"), &models).unwrap();
    let at_source = |options: &mut Options| {
        options.published = PublishedThumbnails::AtSource;
        options.page = Some(PageSource::Folder(place.path("page")));
    };
    let places = place.wide(at_source);
    assert_eq!(places[0], "https://media.example.org/models/a.jpeg?size=1");
    assert_eq!(places[1], "https://MEDIA.example.org:443/b.jpeg");
    assert_eq!(Picture::read(&place.thumbnail(&places[2])).unwrap().width(), 384);
    assert_eq!(place.thumbnail(&places[3]), place.original(&models[3]));
    let site = place.path("site");
    assert_eq!(manifest(&site).thumbnail_hosts, ["https://media.example.org"]);
    let policy = "img-src 'self' blob: https://media.example.org;";
    assert!(place.text("site/index.html").contains(policy));
    // The self-test's original, and those without a link that browsers follow.
    let files = names(&site);
    assert_eq!(files.iter().filter(|name| name.starts_with("thumbnails/")).count(), 3);
    // The page is written again with the same policy, and without sources with the plain one.
    site::rewrite(&site, &PageSource::Folder(place.path("page")), None).unwrap();
    assert!(place.text("site/index.html").contains(policy));
    assert_eq!(names(&site), files);
    place.wide(|options| options.page = Some(PageSource::Folder(place.path("page"))));
    assert!(place.text("site/index.html").contains("img-src 'self' blob:;"));
    assert!(manifest(&site).thumbnail_hosts.is_empty());
    // A page that this program does not have cannot get another policy.
    let options = changed(options(&place.path("demo"), &site), |options| {
        options.published = PublishedThumbnails::AtSource;
    });
    let said = embed::run(&options).unwrap_err().to_string();
    assert!(said.contains("a page whose policy can be changed"), "{said}");
}

#[test]
fn a_host_of_another_sites_manifest_cannot_change_the_policy() {
    let place = Place::with_wide_thumbnails(2);
    place.wide(|_| {});
    let path = place.path("site/manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    for (host, is_taken) in [
        ("https://a.example", true),
        ("https://a.example:8080", true),
        ("https://a.example;", false),
        ("https://a.example 'unsafe-inline'", false),
        ("https://A.example", false),
        ("http://a.example", false),
        ("*", false),
    ] {
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json["thumbnail_hosts"] = vec![host].into();
        std::fs::write(&path, json.to_string()).unwrap();
        assert_eq!(Site::open(&place.path("site")).is_ok(), is_taken, "{host}");
    }
}
