//! The page of a site: its files with the owner's settings, and the list of files for offline use.
//!
//! The page's scripts and styles are in one folder, which is named by the content of all its files. A visitor therefore
//! never gets files of two versions. Beside the manifest are only the doors: files with fixed names, each of which
//! loads the files of the folder.

mod source;

use std::collections::BTreeMap;

pub use source::PageSource;

use super::place::Place;
use super::publication::{Publication, Source};
use super::{Manifest, Named, Offline, named, read_parts, wrong};
use crate::digest::Digest;
use crate::error::Result;
use crate::site::settings::{FILTERS, Settings};

const INDEX: &str = "index.html";
const APP: &str = "site.webmanifest";

/// Doors that load the page's file of the same name: the name, and the text before and after the folder's name.
const LEADING: [(&str, &str, &str); 3] = [
    ("api.js", "export * from './", "/api.js';\n"),
    ("element.js", "export * from './", "/element.js';\n"),
    ("worker.js", "import './", "/worker.js';\n"),
];

/// Doors that are unchanged files of the page. Browsers recognise an installed page by its icons' addresses.
const BESIDE: [&str; 7] = [
    "api.d.ts",
    "element.d.ts",
    "icon-192.png",
    "icon-512.png",
    "icon.svg",
    "service-worker.js",
    "share.png",
];

/// This file tells GitHub Pages to publish all files.
const NO_JEKYLL: &str = ".nojekyll";

/// Languages that are written from right to left; `www/strings/strings.js` has the same list.
const RIGHT_TO_LEFT: [&str; 1] = ["ar"];

/// A page's files, complete and unchanged.
pub(crate) struct Page(BTreeMap<String, Vec<u8>>);

/// A page that was added to a publication.
pub(super) struct Published {
    /// The name of its folder.
    pub(super) folder: String,
    /// Its files for offline use.
    kept: Vec<Named>,
}

impl Page {
    /// The names of its doors.
    pub(super) fn doors(&self) -> impl Iterator<Item = &'static str> {
        let names = LEADING.map(|(name, ..)| name).into_iter().chain(BESIDE).chain([INDEX, APP]);
        names.filter(|name| self.0.contains_key(*name)).chain([NO_JEKYLL])
    }

    /// Adds the page with these settings to a publication. Its policy allows images from the sources.
    pub(super) fn publish<'a>(
        &self,
        settings: &Settings,
        sources: &[String],
        publication: &mut Publication<'a>,
    ) -> Result<Published> {
        let mut files = BTreeMap::new();
        for (name, bytes) in &self.0 {
            files.insert(name.as_str(), with_settings(name, bytes.clone(), settings)?);
        }
        let doors: Vec<(&str, Vec<u8>)> = BESIDE
            .iter()
            .filter_map(|name| Some((*name, files.get(name)?.clone())))
            .chain([APP].iter().filter_map(|name| Some((*name, files.get(name)?.clone()))))
            .collect();
        let index = files.remove(INDEX).unwrap_or_default();
        files.retain(|name, _| *name == "icon.svg" || !(BESIDE.contains(name) || *name == APP));
        let folder = folder_of(&files);
        for (name, start, end) in LEADING.iter().filter(|(name, ..)| files.contains_key(name)) {
            publication.door(name, format!("{start}{folder}{end}").into_bytes());
        }
        doors.into_iter().for_each(|(name, bytes)| publication.door(name, bytes));
        publication.door(NO_JEKYLL, Vec::new());
        let index = leading_into(&folder, files.keys(), index)?;
        let index = allowing(index, sources)?;
        publication.door(INDEX, index.clone());
        let mut kept = publication.parts("index", "html", index.into());
        for (name, bytes) in files {
            let file = format!("{folder}/{name}");
            // The page's worker caches the one of the two modules that the browser uses.
            if !name.ends_with(".wasm") {
                kept.push(named(&file, &bytes));
            }
            publication.add(file, Source::Bytes(bytes.into()));
        }
        Ok(Published { folder, kept })
    }
}

impl Published {
    /// The page of the last publication, which stays if no other is given.
    pub(super) fn carried(
        place: &Place,
        sources: &[String],
        publication: &mut Publication<'_>,
    ) -> Result<Option<Published>> {
        let last = place.last();
        let Some((manifest, folder)) =
            last.manifest.as_ref().and_then(|manifest| Some((manifest, manifest.page.clone()?)))
        else {
            return Ok(None);
        };
        if manifest.thumbnail_hosts != sources {
            let expected = "a page whose policy can be changed for thumbnails at their sources";
            return Err(wrong(expected, "a program without the page, and no --page"));
        }
        let start = format!("{folder}/");
        let json = read_parts(place.folder(), &manifest.offline)?;
        let list: Offline = super::parse(&json, "the list of what works offline")?;
        let is_page = |name: &str| name.starts_with(&start) || name.starts_with("index-");
        let kept = list.files.into_iter().filter(|named| is_page(&named.file)).collect();
        let doors = LEADING.map(|(name, ..)| name).into_iter().chain(BESIDE);
        let doors: Vec<&str> = doors.chain([INDEX, APP, NO_JEKYLL]).collect();
        for name in &last.files {
            if is_page(name) || doors.contains(&name.as_str()) {
                publication.add(name.clone(), Source::There);
            }
        }
        Ok(Some(Published { folder, kept }))
    }

    /// The list of files for offline use: the page, and the images that the page always requests. All are named by
    /// their content, so the list never becomes wrong.
    pub(super) fn offline(mut self, manifest: &Manifest, images: &[Named]) -> Result<Vec<u8>> {
        let shown = manifest.samples.iter().map(|sample| &sample.file);
        let shown: Vec<&String> = shown.chain([&manifest.self_test.file]).collect();
        self.kept.extend(images.iter().filter(|image| shown.contains(&&image.file)).cloned());
        self.kept.sort_by(|a, b| a.file.cmp(&b.file));
        self.kept.dedup();
        let unwritten =
            |error: serde_json::Error| wrong("a list that can be written", &error.to_string());
        let site = serde_json::to_vec(manifest).map_err(unwritten)?;
        let site = Digest::of(&site).to_string();
        serde_json::to_vec(&Offline { site, files: self.kept }).map_err(unwritten)
    }
}

/// The name of the folder of these files.
pub(super) fn folder_of(files: &BTreeMap<&str, Vec<u8>>) -> String {
    let line = |(name, bytes): (&&str, &Vec<u8>)| format!("{name} {}\n", Digest::of(bytes));
    let text: String = files.iter().map(line).collect();
    format!("page-{}", Digest::of(text.as_bytes()).short())
}

/// Changes the links of `index.html` to the files in the page's folder.
fn leading_into<'n>(
    folder: &str,
    names: impl Iterator<Item = &'n &'n str>,
    html: Vec<u8>,
) -> Result<Vec<u8>> {
    let mut html = text_of(html)?;
    for name in names {
        for attribute in ["href", "src"] {
            let link = format!(" {attribute}=\"{name}\"");
            html = html.replace(&link, &format!(" {attribute}=\"{folder}/{name}\""));
        }
    }
    Ok(html.into_bytes())
}

/// Lets the page's policy allow images from these origins.
fn allowing(html: Vec<u8>, sources: &[String]) -> Result<Vec<u8>> {
    /// What the policy allows without sources.
    const IMAGES: &str = "img-src 'self' blob:";

    if sources.is_empty() {
        return Ok(html);
    }
    let html = text_of(html)?;
    let (before, after) = html.split_once(IMAGES).ok_or_else(|| missing(IMAGES))?;
    Ok(format!("{before}{IMAGES} {}{after}", sources.join(" ")).into_bytes())
}

fn text_of(html: Vec<u8>) -> Result<String> {
    String::from_utf8(html)
        .map_err(|error| wrong("the page's index.html in UTF-8", &error.to_string()))
}

/// Applies the settings to a file of the page. They go into `index.html`, the web manifest, a stylesheet and a script,
/// because the page's policy allows nothing inline.
fn with_settings(name: &str, bytes: Vec<u8>, settings: &Settings) -> Result<Vec<u8>> {
    match name {
        _ if settings.are_none() => Ok(bytes),
        INDEX => html_with(text_of(bytes)?, settings).map(String::into_bytes),
        APP => app_with(&bytes, settings),
        "styles/settings.css" => Ok(css(settings).into_bytes()),
        "page/settings.js" => script(settings).map(String::into_bytes),
        _ => Ok(bytes),
    }
}

fn html_with(mut html: String, settings: &Settings) -> Result<String> {
    if let Some(title) = &settings.title {
        let title = escaped(title);
        html = between(&html, "<title>", &title, "</title>")?;
        html = between(&html, "<span id=\"site-title\">", &title, "</span>")?;
        html = between(&html, "<meta property=\"og:title\" content=\"", &title, "\">")?;
    }
    if let Some(language) = &settings.language {
        let direction = if RIGHT_TO_LEFT.contains(&language.as_str()) { "rtl" } else { "ltr" };
        let both = format!("{language}\" dir=\"{direction}");
        html = between(&html, "<html lang=\"", &both, "\" data-view")?;
        let preload = "<link rel=\"modulepreload\" href=\"strings/";
        html = between(&html, preload, language, ".js\">")?;
    }
    for (scheme, colours) in &settings.colours {
        if let Some(ground) = colours.get("ground") {
            let end = format!("\" media=\"(prefers-color-scheme: {scheme})\"");
            let at = html.find(&end).ok_or_else(|| missing(&end))?;
            let start = html[..at].rfind('"').ok_or_else(|| missing(&end))? + 1;
            html.replace_range(start..at, ground);
        }
    }
    Ok(html)
}

/// The web manifest, which tells a device the name, language and colours of the installed page.
fn app_with(json: &[u8], settings: &Settings) -> Result<Vec<u8>> {
    let mut app: serde_json::Map<String, serde_json::Value> =
        super::parse(json, "the page's site.webmanifest")?;
    let ground = settings.colours.get("dark").and_then(|dark| dark.get("ground"));
    for (key, value) in [
        ("name", settings.title.as_ref()),
        ("short_name", settings.title.as_ref()),
        ("lang", settings.language.as_ref()),
        ("background_color", ground),
        ("theme_color", ground),
    ] {
        if let Some(value) = value {
            app.insert(key.to_owned(), value.clone().into());
        }
    }
    serde_json::to_vec_pretty(&app)
        .map_err(|error| wrong("a site.webmanifest that can be written", &error.to_string()))
}

/// Replaces the text between the first `start` and the next `end`.
fn between(html: &str, start: &str, text: &str, end: &str) -> Result<String> {
    let (before, rest) = html.split_once(start).ok_or_else(|| missing(start))?;
    let (_, after) = rest.split_once(end).ok_or_else(|| missing(end))?;
    Ok(format!("{before}{start}{text}{end}{after}"))
}

fn missing(text: &str) -> crate::error::Error {
    wrong(&format!("{text} in the page's index.html"), "another page")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn css(settings: &Settings) -> String {
    let mut text = String::from("/* The colours of this site's owner. */\n");
    for (scheme, colours) in &settings.colours {
        text.push_str(&format!("\n@media (prefers-color-scheme: {scheme}) {{\n  :root {{\n"));
        for (name, colour) in colours {
            text.push_str(&format!("    --{name}: {colour};\n"));
        }
        text.push_str("  }\n}\n");
    }
    text
}

/// The content of `page/settings.js` with these settings.
fn script(settings: &Settings) -> Result<String> {
    let filters = match &settings.filters {
        Some(filters) => filters.iter().map(String::as_str).collect(),
        None => FILTERS.to_vec(),
    };
    let values = serde_json::json!({
        "title": settings.title,
        "language": settings.language,
        "filters": filters,
    });
    Ok(format!("/** What this site's owner set. */\nexport const settings = {values};\n"))
}
