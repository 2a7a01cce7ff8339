//! The page within a site: its files, as its owner's settings have them, and what its service worker keeps.

use std::path::Path;

use super::{Manifest, Named, Parts, named, write_parts, wrong};
use crate::digest::Digest;
use crate::error::Result;
use crate::files;
use crate::settings::{FILTERS, Settings};

/// The page's service worker, and what it keeps; browsers compare both to see whether the page has changed.
const WORKER: &str = "service-worker.js";
const KEPT: &str = "service-worker-files.js";

/// Languages that are read from the right; `www/strings.js` has the same list.
const RIGHT_TO_LEFT: [&str; 1] = ["ar"];

/// What was written of a page.
#[derive(Default)]
pub(super) struct Page {
    /// Its module.
    pub(super) wasm: Option<Parts>,
    /// The same with relaxed lanes.
    pub(super) wasm_relaxed: Option<Parts>,
    /// All others of its files, but for the service worker, which the browser itself keeps.
    kept: Vec<Named>,
}

impl Page {
    /// Copies the page's files; its modules, the plain and the relaxed one, go by names of their content.
    pub(super) fn write(site: &Path, page: &Path, settings: &Settings) -> Result<Page> {
        let mut written = Page::default();
        for path in files::list(page)? {
            let bytes = files::read(&path)?;
            let name = path.file_name().unwrap_or_default();
            let module = match name.to_str() {
                Some("recasketch_relaxed_bg.wasm") => &mut written.wasm_relaxed,
                Some(name) if name.ends_with(".wasm") => &mut written.wasm,
                text => {
                    let text = text.unwrap_or_default();
                    let bytes = with_settings(text, bytes, settings)?;
                    files::write(&site.join(name), &bytes)?;
                    if text != WORKER {
                        written.kept.push(named(text, &bytes));
                    }
                    continue;
                }
            };
            *module = Some(write_parts(site, "recasketch", "wasm", &bytes)?);
        }
        if written.wasm.is_none() {
            return Err(wrong("the page with its module", &format!("none in {}", page.display())));
        }
        Ok(written)
    }

    /// Writes which files the service worker keeps, by their content: the page's, the manifest, and the images that
    /// the page always asks for. The version is the content of the list.
    pub(super) fn write_kept(
        mut self,
        site: &Path,
        manifest: &Manifest,
        json: Named,
    ) -> Result<()> {
        let samples = manifest.samples.iter().map(|sample| &sample.file);
        for image in std::iter::once(&manifest.self_test.file).chain(samples) {
            self.kept.push(named(image, &files::read(&site.join(image))?));
        }
        self.kept.push(json);
        self.kept.sort_by(|a, b| a.file.cmp(&b.file));
        let list = serde_json::to_string(&self.kept)
            .map_err(|error| wrong("names that can be written", &error.to_string()))?;
        let version = Digest::of(list.as_bytes()).short();
        let script = format!("self.SITE = {{ version: \"{version}\", files: {list} }};\n");
        files::write(&site.join(KEPT), script.as_bytes())
    }
}

/// A file of the page as the settings have it: they go into the page's first lines, a stylesheet and a script of
/// their own, as the page's policy allows nothing inline.
fn with_settings(name: &str, bytes: Vec<u8>, settings: &Settings) -> Result<Vec<u8>> {
    match name {
        _ if settings.are_none() => Ok(bytes),
        "index.html" => {
            let html = String::from_utf8(bytes)
                .map_err(|error| wrong("the page's index.html in UTF-8", &error.to_string()))?;
            html_with(html, settings).map(String::into_bytes)
        }
        "site.webmanifest" => app_with(&bytes, settings),
        "settings.css" => Ok(css(settings).into_bytes()),
        "settings.js" => script(settings).map(String::into_bytes),
        _ => Ok(bytes),
    }
}

fn html_with(mut html: String, settings: &Settings) -> Result<String> {
    if let Some(title) = &settings.title {
        let title = escaped(title);
        html = between(&html, "<title>", &title, "</title>")?;
        html = between(&html, "<span id=\"site-title\">", &title, "</span>")?;
    }
    if let Some(language) = &settings.language {
        let direction = if RIGHT_TO_LEFT.contains(&language.as_str()) { "rtl" } else { "ltr" };
        let both = format!("{language}\" dir=\"{direction}");
        html = between(&html, "<html lang=\"", &both, "\" data-view")?;
        let preload = "<link rel=\"modulepreload\" href=\"strings-";
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

/// What a device shows of the page that was installed on it.
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

/// Replaces what is between a start, the first of its kind, and the next end.
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

/// What `www/settings.js` is without settings.
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
