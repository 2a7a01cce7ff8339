//! The site's files: long ones come in parts that any host takes, and what is not ours stays.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/content.rs"]
mod content;
mod folders;
#[path = "../support/options.rs"]
mod options;
#[path = "../support/page.rs"]
mod page;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/program.rs"]
mod program;
mod settings;
#[path = "../support/mod.rs"]
mod support;
mod thumbnails;
mod versions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use content::{content, manifest, names, published};
use options::options;
use place::{Place, changed};
use recasketch::commands::demo;
use recasketch::commands::embed::{self, Options};
use recasketch::commands::search::{Answer, Request};
use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::site::settings::Settings;
use recasketch::site::{self, Offline, PageSource, Site};
use recasketch::weights::shipped::NetworkSource;

/// What common static hosts take at most, less a little.
const MOST: usize = 24 << 20;

#[test]
fn a_network_of_59_megabytes_is_served_in_parts_and_read_as_one() {
    let place = tempfile::tempdir().unwrap();
    let network = support::bytes(&support::onnx(&support::layers(support::FULL, 16), 32, false));
    let at = |name: &str| place.path().join(name);
    std::fs::write(at("full.onnx"), &network).unwrap();
    demo::write(&at("demo"), 3, 1, 1).unwrap();
    let summary = embed::run(&changed(options(&at("demo"), &at("site")), |options| {
        options.network = NetworkSource::File(at("full.onnx"))
    }))
    .unwrap();
    let parts = summary.manifest.network;
    let lengths: Vec<usize> = parts.iter().map(|part| part.bytes).collect();
    assert_eq!(lengths, [MOST, MOST, network.len() - 2 * MOST]);
    let mut whole = Vec::new();
    for part in &parts {
        let bytes = std::fs::read(at("site").join(&part.file)).unwrap();
        assert_eq!(
            (bytes.len(), Digest::of(&bytes).to_string()),
            (part.bytes, part.sha256.clone())
        );
        whole.extend(bytes);
    }
    assert!(whole == network, "the parts are not the network");

    let site = Site::open(&at("site")).unwrap();
    let image = std::fs::read(at("demo/samples/chair.jpg")).unwrap();
    let answer = Answer::to(&site, &Request::new(vec![&image], 12)).unwrap();
    let found: usize = answer.neighbours.iter().map(|found| 1 + found.duplicates.len()).sum();
    assert_eq!(found, 3);
    std::fs::copy(at("site").join(&parts[0].file), at("site").join(&parts[1].file)).unwrap();
    let Err(Error::Mismatch(details)) = Site::open(&at("site")) else { panic!("a mixed network") };
    assert!(details.expected.contains(&parts[1].file), "{}", details.expected);
}

impl Place {
    /// Three drawn models, a page, and samples.
    fn with_page() -> Place {
        let place = Place::new();
        demo::write(&place.path("demo"), 3, 1, 1).unwrap();
        page::make(&place.path("page"));
        place
    }

    fn options(&self, out: &str) -> Options {
        changed(options(&self.path("demo"), &self.path(out)), |options| {
            options.samples = Some(self.path("demo/samples"));
            options.page = Some(PageSource::Folder(self.path("page")));
        })
    }

    fn embed(&self) {
        embed::run(&self.options("site")).unwrap();
    }

    /// Another page is published.
    fn change(&self, text: &str) {
        page::change(&self.path("page"), "app.js", text);
    }

    /// The arguments of `embed` into a folder.
    fn arguments(&self, out: &str) -> Vec<String> {
        let [catalogue, thumbnails] =
            ["demo/catalogue.csv", "demo/thumbnails"].map(|path| self.at(path));
        let named =
            [("--catalogue", catalogue), ("--thumbnails", thumbnails), ("--out", self.at(out))];
        let named = named.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
        let verb = ["embed", "--network", "small"].map(str::to_owned);
        verb.into_iter().chain(named).collect()
    }

    fn fails(&self, out: &str, more: &[&str]) -> String {
        let arguments = self.arguments(out);
        program::fails(
            &[&arguments.iter().map(String::as_str).collect::<Vec<_>>()[..], more].concat(),
        )
    }

    /// What works offline: the list's name, and the files.
    fn offline(&self) -> (String, Vec<String>) {
        let manifest = manifest(&self.path("site"));
        let [named] = &manifest.offline[..] else { panic!("one list") };
        let list: Offline =
            serde_json::from_str(&self.text(&format!("site/{}", named.file))).unwrap();
        for named in &list.files {
            let bytes = std::fs::read(self.path("site").join(&named.file)).unwrap();
            let whole = (bytes.len(), Digest::of(&bytes).to_string());
            assert_eq!(whole, (named.bytes, named.sha256.clone()), "{}", named.file);
        }
        (named.file.clone(), list.files.into_iter().map(|named| named.file).collect())
    }
}

#[test]
fn the_service_worker_keeps_every_file_of_the_page_by_its_content() {
    let place = Place::with_page();
    place.embed();
    let (first, files) = place.offline();
    let folder = manifest(&place.path("site")).page.unwrap();
    let index = files.iter().find(|name| name.starts_with("index-")).unwrap();
    assert_eq!(place.text(&format!("site/{index}")), place.text("site/index.html"));
    let kept: BTreeSet<&str> = files.iter().filter_map(|name| name.strip_prefix(&folder)).collect();
    let expected = [
        "api.js",
        "app.js",
        "element.js",
        "icon.svg",
        "modules.js",
        "recasketch.js",
        "styles/settings.css",
    ];
    let expected =
        expected.into_iter().chain(["page/settings.js", "styles/style.css", "worker.js"]);
    assert_eq!(
        kept,
        expected
            .map(|name| format!("/{name}"))
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str)
            .collect()
    );
    let manifest = manifest(&place.path("site"));
    let images =
        files.iter().filter(|name| name.starts_with("samples/") || name.starts_with("thumbnails/"));
    assert_eq!(
        images.count(),
        manifest.samples.len() + 1,
        "the samples, and what the self-test sees"
    );
    assert!(files.contains(&manifest.self_test.file));

    place.embed();
    assert_eq!(place.offline().0, first, "the same content is the same version");
    place.change("another");
    place.embed();
    let second = place.offline().0;
    assert_ne!(second, first);
    // Other data of the same page is another version too, or visitors would never see it.
    std::fs::remove_file(place.path("demo").join("catalogue.csv")).unwrap();
    let models = Site::open(&place.path("site")).unwrap().models;
    let rows: String = models[..2].iter().map(|model| format!("{}\n", model.uid)).collect();
    std::fs::write(place.path("demo/catalogue.csv"), format!("uid\n{rows}")).unwrap();
    place.embed();
    assert_ne!(place.offline().0, second);
}

#[test]
fn doors_lead_into_the_pages_folder_and_all_else_is_named_by_content() {
    let place = Place::with_page();
    place.embed();
    let folder = manifest(&place.path("site")).page.unwrap();
    assert!(folder.strip_prefix("page-").is_some_and(|digest| digest.len() == 16), "{folder}");
    for (door, text) in [
        ("api.js", format!("export * from './{folder}/api.js';\n")),
        ("element.js", format!("export * from './{folder}/element.js';\n")),
        ("worker.js", format!("import './{folder}/worker.js';\n")),
        ("api.d.ts", "types".to_owned()),
        ("icon.svg", "<svg/>".to_owned()),
        ("service-worker.js", "service worker".to_owned()),
        ("site.webmanifest", "{}".to_owned()),
        (".nojekyll", String::new()),
    ] {
        assert_eq!(place.text(&format!("site/{door}")), text, "{door}");
    }
    let index = place.text("site/index.html");
    for link in [
        " href=\"site.webmanifest\"".to_owned(),
        format!(" href=\"{folder}/icon.svg\""),
        format!(" href=\"{folder}/styles/style.css\""),
        format!(" src=\"{folder}/app.js\""),
        " href=\"./\"".to_owned(),
        " href=\"https://example.org/app.js\"".to_owned(),
    ] {
        assert!(index.contains(&link), "{link} in {index}");
    }
    let doors = ["api.d.ts", "api.js", "element.js", "icon.svg", "index.html", "manifest.json"];
    let doors =
        [&doors[..], &["service-worker.js", "site.webmanifest", "worker.js", ".nojekyll"]].concat();
    let named = |name: &str| {
        let (first, _) = name.split_once('/').unwrap_or((name, ""));
        let stem =
            Path::new(if first.starts_with("page-") { first } else { name }).file_stem().unwrap();
        let digest = stem.to_str().unwrap().rsplit('-').next().unwrap();
        digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let files = names(&place.path("site"));
    let others: Vec<&String> = files.iter().filter(|name| !named(name)).collect();
    assert_eq!(
        others.into_iter().map(String::as_str).collect::<BTreeSet<_>>(),
        doors.into_iter().collect()
    );
    let all = content(&place.path("site"))
        .into_iter()
        .map(|(path, _)| path.to_string_lossy().into_owned());
    let journal = ".recasketch-journal".to_owned();
    assert_eq!(all.collect::<BTreeSet<_>>(), files.into_iter().chain([journal]).collect());
}

#[test]
fn what_the_last_publication_named_stays_until_the_run_after_the_next() {
    let place = Place::with_page();
    place.embed();
    let site = place.path("site");
    let first = published(&site);
    let is_there = |(path, digest): &(PathBuf, String)| {
        std::fs::read(site.join(path)).is_ok_and(|bytes| Digest::of(&bytes).to_string() == *digest)
    };
    // The first thumbnail, which the self-test sees, and a script.
    let thumbnail = Site::open(&site).unwrap().models[0].uid.clone();
    let [own, other] = [thumbnail.clone(), "demo-1-000002".to_owned()];
    let thumbnails = place.path("demo/thumbnails");
    std::fs::copy(thumbnails.join(format!("{other}.jpg")), thumbnails.join(format!("{own}.jpg")))
        .unwrap();
    place.change("second");
    place.embed();
    let doors =
        |path: &Path| path.components().count() == 1 && !path.to_string_lossy().contains('-');
    let content_named = |files: &[(PathBuf, String)]| {
        files
            .iter()
            .filter(|(path, _)| !doors(path) && *path != Path::new("service-worker.js"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(content_named(&first).iter().all(is_there), "visitors in the middle of a visit");
    assert!(first.iter().any(|(path, _)| !names(&site).contains(&*path.to_string_lossy())));
    place.change("third");
    let second = published(&site);
    site::rewrite(
        &site,
        &PageSource::Folder(place.path("page")),
        Some(Settings::parse(br#"{"title": "T"}"#).unwrap()),
    )
    .unwrap();
    assert!(content_named(&second).iter().all(is_there));
    let (second, third) = (
        second.into_iter().collect::<BTreeSet<_>>(),
        published(&site).into_iter().collect::<BTreeSet<_>>(),
    );
    let all: BTreeSet<_> = content(&site)
        .into_iter()
        .filter(|(path, _)| path != Path::new(".recasketch-journal"))
        .collect();
    let old: Vec<_> =
        all.iter().filter(|file| !second.contains(file) && !third.contains(file)).collect();
    assert_eq!(old, Vec::<&(PathBuf, String)>::new(), "the first is gone");
    // The same once more leaves the publication alone.
    place.embed();
    let once = content(&site);
    place.embed();
    assert_eq!(content(&site), once);
    assert_eq!(manifest(&site).settings.title.as_deref(), Some("T"));
    let names_there = content(&site).len();
    assert_eq!(names_there, names(&site).len() + 1, "nothing but the publication and the journal");
}

#[test]
fn without_a_page_or_samples_those_that_the_site_has_stay() {
    let place = Place::with_page();
    place.embed();
    let before = published(&place.path("site"));
    let bare = changed(place.options("site"), |options| {
        options.page = None;
        options.samples = None;
    });
    embed::run(&bare).unwrap();
    assert_eq!(published(&place.path("site")), before);
    place.offline();
}

#[test]
fn a_folder_of_samples_gives_its_images_alone() {
    let place = Place::with_page();
    std::fs::write(place.path("demo/samples/letter.txt"), "private").unwrap();
    std::fs::write(place.path("demo/samples/._chair.jpg"), "of a file manager").unwrap();
    place.embed();
    let manifest = manifest(&place.path("site"));
    assert_eq!(
        manifest.samples.len(),
        std::fs::read_dir(place.path("demo/samples")).unwrap().count() - 2
    );
    assert!(manifest.samples.iter().any(|sample| sample.name == "chair"));
}

#[test]
fn names_of_models_are_no_names_of_files() {
    let place = Place::with_page();
    place.embed();
    let models = Site::open(&place.path("site")).unwrap().models;
    let thumbnails = place.path("named");
    std::fs::create_dir(&thumbnails).unwrap();
    let uids = ["_DSC0001", "CON", "a", "A", "~", "stuhl-äöü"];
    let mut rows = "uid,file\n".to_owned();
    for (at, uid) in uids.into_iter().enumerate() {
        let source = place.path("site").join(models[at % 3].thumbnail.as_ref().unwrap());
        std::fs::copy(source, thumbnails.join(format!("{at}.jpg"))).unwrap();
        rows += &format!("{uid},{at}.jpg\n");
    }
    std::fs::write(place.path("named.csv"), rows).unwrap();
    let options = changed(place.options("odd"), |options| {
        options.catalogue = place.path("named.csv");
        options.thumbnails = thumbnails;
    });
    let summary = embed::run(&options).unwrap();
    assert_eq!(summary.manifest.models, 6);
    let names = names(&place.path("odd"));
    let folded: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(folded.len(), names.len());
    for name in &names {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-./_".contains(&byte);
        assert!(
            name.bytes().all(is_plain) && !name.contains("/_") && !name.starts_with('_'),
            "{name}"
        );
    }
    let thumbnails = names.iter().filter(|name| name.starts_with("thumbnails/"));
    assert_eq!(thumbnails.count(), 3, "one file for what is the same");
}
