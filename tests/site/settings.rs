//! What an owner sets of a page: what is read, what is refused, and what the page's files then hold.

use std::path::Path;

use recasketch::commands::demo;
use recasketch::commands::embed;
use recasketch::digest::Digest;
use recasketch::site::settings::{FILTERS, LANGUAGES, Settings};
use recasketch::site::{self, Offline, PageSource, Site};

use crate::options::options;
use crate::page;
use crate::place::{Place, changed};

const ALL: &str = r##"{
  "title": "Chairs & <tables>",
  "language": "ar",
  "filters": ["licence", "category"],
  "colours": { "light": { "accent": "#7a1f5c", "ground": "#FFF" }, "dark": { "ground": "#010203" } }
}"##;

#[test]
fn settings_are_read_as_they_are_written() {
    let settings = Settings::parse(ALL.as_bytes()).unwrap();
    assert_eq!(settings.title.as_deref(), Some("Chairs & <tables>"));
    assert_eq!(settings.language.as_deref(), Some("ar"));
    assert_eq!(
        settings.filters.as_deref(),
        Some(&["licence".to_owned(), "category".to_owned()][..])
    );
    assert_eq!(settings.colours["light"]["accent"], "#7a1f5c");
    assert_eq!(settings.colours["dark"]["ground"], "#010203");
    assert!(Settings::parse(b"{}").unwrap().are_none());
    for name in LANGUAGES {
        assert!(Settings::parse(format!("{{\"language\": \"{name}\"}}").as_bytes()).is_ok());
    }
}

#[test]
fn what_is_no_setting_is_refused_by_its_key() {
    for (json, sentence) in [
        (
            r#"{"titel": "Chairs"}"#,
            "expected a key of title, language, filters, colours, found titel; correct or remove this key",
        ),
        (
            r#"{"title": 7}"#,
            "expected a line of 1 to 100 characters for title, found 7; correct this value",
        ),
        (r#"{"title": " "}"#, "for title, found \" \""),
        (r#"{"title": "a\nb"}"#, "for title, found \"a\\nb\""),
        (r#"{"language": "fr"}"#, "expected one of ar, de, en, es, zh for language, found \"fr\""),
        (
            r#"{"filters": "tag"}"#,
            "expected a list such as [\"category\"] for filters, found \"tag\"",
        ),
        (
            r#"{"filters": ["tag", "colour"]}"#,
            "expected one of category, tag, licence, author for filters[1], found \"colour\"",
        ),
        (
            r#"{"filters": ["tag", "tag"]}"#,
            "expected each filter once for filters[1], found \"tag\"",
        ),
        (
            r##"{"colours": "#fff"}"##,
            "expected names and values in { } for colours, found \"#fff\"",
        ),
        (r##"{"colours": {"night": {}}}"##, "expected a key of light, dark, found colours.night"),
        (r##"{"colours": {"dark": {"border": "#fff"}}}"##, "found colours.dark.border"),
        (
            r##"{"colours": {"dark": {"accent": "red"}}}"##,
            "expected a colour such as \"#1caad9\" for colours.dark.accent, found \"red\"",
        ),
        (
            r##"{"colours": {"dark": {"accent": "#ff;}"}}}"##,
            "for colours.dark.accent, found \"#ff;}\"",
        ),
        (
            r##"{"colours": {"dark": {"accent": "#ffff"}}}"##,
            "for colours.dark.accent, found \"#ffff\"",
        ),
        ("[]", "expected names and values in { }, found []"),
        ("{", "expected JSON such as {\"title\": \"Our chairs\"}, found EOF"),
    ] {
        let error = Settings::parse(json.as_bytes()).expect_err(json).to_string();
        assert!(error.starts_with("the settings cannot be used: expected "), "{error}");
        assert!(error.contains(sentence), "{json}: {error}");
    }
}

impl Place {
    /// Three drawn models, samples, and a page with those of our files that settings change.
    fn with_our_page() -> Place {
        let place = Place::new();
        demo::write(&place.path("demo"), 3, 1, 1).unwrap();
        page::make(&place.path("page"));
        let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("www");
        for file in [
            "index.html",
            "styles/settings.css",
            "page/settings.js",
            "site.webmanifest",
            "service-worker.js",
        ] {
            std::fs::copy(www.join(file), place.path("page").join(file)).unwrap();
        }
        page::list(&place.path("page"));
        place
    }

    /// A file beside the manifest, or in the page's folder.
    fn shown(&self, name: &str) -> String {
        let folder = self.page_folder();
        let beside = ["index.html", "site.webmanifest"].contains(&name);
        let name = if beside { name.to_owned() } else { format!("{folder}/{name}") };
        std::fs::read_to_string(self.path("site").join(name)).unwrap()
    }

    fn page_folder(&self) -> String {
        Site::open(&self.path("site")).unwrap().manifest.page.unwrap()
    }

    /// The first file as the page's folder had it.
    fn index(&self) -> String {
        self.shown("index.html").replace(&format!("{}/", self.page_folder()), "")
    }

    fn embed_with(&self, settings: Option<Settings>) -> usize {
        let outcome =
            embed::run(&changed(options(&self.path("demo"), &self.path("site")), |options| {
                options.samples = Some(self.path("demo/samples"));
                options.page = Some(PageSource::Folder(self.path("page")));
                options.settings = settings;
            }));
        outcome.unwrap().embedded
    }

    fn rewrite(&self, settings: Option<&str>) -> site::Manifest {
        let settings = settings.map(|json| Settings::parse(json.as_bytes()).unwrap());
        site::rewrite(&self.path("site"), &PageSource::Folder(self.path("page")), settings).unwrap()
    }

    /// Holds the service worker's list against the files; its version.
    fn offline_version(&self) -> String {
        let manifest = Site::open(&self.path("site")).unwrap().manifest;
        let read = |file: &str| std::fs::read(self.path("site").join(file)).unwrap();
        let list: Offline = serde_json::from_slice(&read(&manifest.offline[0].file)).unwrap();
        for named in &list.files {
            assert_eq!(Digest::of(&read(&named.file)).to_string(), named.sha256, "{}", named.file);
        }
        for file in ["styles/settings.css", "page/settings.js"] {
            let file = format!("{}/{file}", self.page_folder());
            assert!(list.files.iter().any(|named| named.file == file), "{file}");
        }
        let index = list.files.iter().find(|named| named.file.starts_with("index-")).unwrap();
        assert_eq!(read(&index.file), read("index.html"));
        manifest.offline[0].file.clone()
    }
}

#[test]
fn settings_are_in_the_files_of_the_page_and_stay_until_others_come() {
    let place = Place::with_our_page();
    assert_eq!(place.embed_with(None), 3);
    let made = |file: &str| std::fs::read_to_string(place.path("page").join(file)).unwrap();
    assert_eq!(place.index(), made("index.html"));
    for file in ["styles/settings.css", "page/settings.js"] {
        assert_eq!(place.shown(file), made(file));
    }
    let plain = place.offline_version();
    let data = Site::open(&place.path("site")).unwrap().manifest;

    let manifest = place.rewrite(Some(ALL));
    let html = place.shown("index.html");
    assert!(html.contains("<html lang=\"ar\" dir=\"rtl\" data-view=\"start\">"));
    assert!(html.contains("<title>Chairs &amp; &lt;tables&gt;</title>"));
    assert!(html.contains("<span id=\"site-title\">Chairs &amp; &lt;tables&gt;</span>"));
    assert!(html.contains("og:title\" content=\"Chairs &amp; &lt;tables&gt;\">"));
    assert!(html.contains(
        "<meta name=\"theme-color\" content=\"#010203\" media=\"(prefers-color-scheme: dark)\">"
    ));
    assert!(html.contains(
        "<meta name=\"theme-color\" content=\"#FFF\" media=\"(prefers-color-scheme: light)\">"
    ));
    assert!(html.contains("<link rel=\"modulepreload\" href=\"strings/ar.js\">"), "{html}");
    assert!(place.shown("styles/settings.css").ends_with(
        "\n@media (prefers-color-scheme: dark) {\n  :root {\n    --ground: #010203;\n  }\n}\n\
         \n@media (prefers-color-scheme: light) {\n  :root {\n    --accent: #7a1f5c;\n    --ground: #FFF;\n  }\n}\n"
    ));
    let app: serde_json::Value = serde_json::from_str(&place.shown("site.webmanifest")).unwrap();
    assert_eq!(
        [&app["name"], &app["short_name"], &app["lang"], &app["theme_color"], &app["display"]],
        ["Chairs & <tables>", "Chairs & <tables>", "ar", "#010203", "standalone"]
    );
    let script = place.shown("page/settings.js");
    let json = script.split_once("settings = ").unwrap().1.trim_end().trim_end_matches(';');
    let values: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(
        values,
        serde_json::json!({"title": "Chairs & <tables>", "language": "ar", "filters": ["licence", "category"]})
    );
    let set = place.offline_version();
    assert_ne!(set, plain, "browsers see another version");
    assert_eq!(
        (&manifest.embeddings, &manifest.network, &manifest.catalogue),
        (&data.embeddings, &data.network, &data.catalogue)
    );
    assert_eq!(Site::open(&place.path("site")).unwrap().manifest, manifest);

    // What was set stays, whatever makes the page anew.
    place.rewrite(None);
    assert_eq!((place.shown("index.html"), place.offline_version()), (html.clone(), set));
    assert_eq!(place.embed_with(None), 0);
    assert_eq!(place.shown("index.html"), html);

    place.rewrite(Some("{}"));
    assert_eq!(place.offline_version(), plain);
    assert_eq!(place.embed_with(Some(Settings::parse(br#"{"title": "Ours"}"#).unwrap())), 0);
    assert!(place.shown("index.html").contains("<title>Ours</title>"));
    assert!(place.shown("page/settings.js").contains(&format!("[\"{}\"]", FILTERS.join("\",\""))));
    place.offline_version();
}

#[test]
fn a_page_that_has_no_place_for_a_setting_is_refused_by_what_is_missing() {
    let place = Place::with_our_page();
    place.embed_with(None);
    page::change(&place.path("page"), "index.html", "<!doctype html><title>Mine</title>");
    let settings = Settings::parse(br#"{"title": "Ours"}"#).unwrap();
    let error =
        site::rewrite(&place.path("site"), &PageSource::Folder(place.path("page")), Some(settings))
            .unwrap_err();
    assert!(
        error.to_string().contains("<span id=\"site-title\"> in the page's index.html"),
        "{error}"
    );
}
