//! A page's folder as `build.sh` makes it, of small files.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::path::Path;

use recasketch::digest::Digest;
use recasketch::site::VERSION;

const INDEX: &str = r#"<!doctype html>
<html lang="en" dir="ltr" data-view="start">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' blob:; style-src 'self'">
<title>recasketch</title><meta property="og:title" content="recasketch"><span id="site-title">recasketch</span>
<link rel="manifest" href="site.webmanifest"><link rel="icon" href="icon.svg"><link rel="stylesheet" href="styles/style.css">
<script type="module" src="app.js"></script><a href="./">home</a><a href="https://example.org/app.js">elsewhere</a>
"#;

/// The files of a page that leads nowhere.
pub const FILES: [(&str, &str); 15] = [
    ("api.d.ts", "types"),
    ("api.js", "export const load = 1;"),
    ("app.js", "app"),
    ("element.js", "export const element = 1;"),
    ("icon.svg", "<svg/>"),
    ("index.html", INDEX),
    ("modules.js", "export const modules = {};"),
    ("recasketch.js", "glue"),
    ("recasketch_bg.wasm", "module"),
    ("service-worker.js", "service worker"),
    ("page/settings.js", "settings"),
    ("site.webmanifest", "{}"),
    ("styles/settings.css", ""),
    ("styles/style.css", "style"),
    ("worker.js", "worker"),
];

/// Makes a page's folder.
pub fn make(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in FILES {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
    }
    list(folder);
}

/// Lists all files that the folder has now as the page's.
pub fn list(folder: &Path) {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if name != "page.json" {
                let bytes = std::fs::read(&path).unwrap();
                let sha256 = Digest::of(&bytes).to_string();
                files.push(
                    serde_json::json!({"file": name, "bytes": bytes.len(), "sha256": sha256}),
                );
            }
        }
    }
    let list = serde_json::json!({"site_version": VERSION, "files": files});
    std::fs::write(folder.join("page.json"), list.to_string()).unwrap();
}

/// Changes a file of the page, and its list with it.
pub fn change(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
    list(folder);
}
