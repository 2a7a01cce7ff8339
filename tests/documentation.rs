//! What the documentation says of the repository is so: its links, and how the rooms of `src/` import each other.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The files that are read by people, from the repository's root.
const FILES: [&str; 17] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/architecture.md",
    "docs/benchmarks.md",
    "docs/cli.md",
    "docs/crawl.md",
    "docs/format.md",
    "docs/limits.md",
    "docs/owner.md",
    "docs/publish.md",
    "docs/releasing.md",
    "docs/web-api.md",
    "models/README.md",
    "models/train/README.md",
    "tests/README.md",
];

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// What `](...)` names, outside code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    prose
        .flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split(')').next()))
        .collect()
}

/// The names by which a file's headings can be linked to, as GitHub makes them.
fn anchors(text: &str) -> HashSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut followed = 0;
    for file in FILES {
        let file = root.join(file);
        let text = read(&file);
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (path, heading) = link.split_once('#').unwrap_or((link, ""));
            let target: PathBuf = match path {
                "" => file.clone(),
                path => file.parent().unwrap().join(path),
            };
            assert!(target.exists(), "{}: {link}", file.display());
            if !heading.is_empty() {
                assert!(anchors(&read(&target)).contains(heading), "{}: {link}", file.display());
            }
            followed += 1;
        }
    }
    assert!(followed > 50, "{followed} links");
}

#[test]
fn every_file_of_the_documentation_is_looked_at() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [".", "docs"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let file = if folder == "." { name.clone() } else { format!("{folder}/{name}") };
            assert!(!name.ends_with(".md") || FILES.contains(&&*file), "{file}");
        }
    }
}

#[test]
fn the_page_and_the_examples_name_the_crates_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let version = env!("CARGO_PKG_VERSION");
    let line = format!("export const RELEASE = '{version}';");
    assert!(read(&root.join("www/engine/site.js")).contains(&line), "{line}");
    let weekly = read(&root.join("docs/weekly.yml"));
    assert!(
        weekly.contains(&format!("{}/releases/download/v{version}", env!("CARGO_PKG_REPOSITORY")))
    );
    assert!(weekly.contains(&format!("recasketch-{version}-x86_64-unknown-linux-gnu")));
    assert!(read(&root.join("Dockerfile")).contains(&format!("\nARG VERSION={version}\n")));
}

/// The rooms of `src/` in the order of CONTRIBUTING's map. A room imports only from rooms before it.
const ROOMS: [&str; 14] = [
    "error",
    "digest",
    "pixels",
    "network",
    "embedding",
    "index",
    "search",
    "recommender",
    "wasm",
    "util",
    "weights",
    "site",
    "commands",
    "cli",
];

/// All Rust files below a folder, without those that hold only tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let is_source = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs")
    };
    let mut found: Vec<PathBuf> = files.into_iter().filter(is_source).collect();
    found.extend(folders.iter().flat_map(|folder| sources(folder)));
    found
}

#[test]
fn imports_between_rooms_run_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut seen = 0;
    for file in sources(&src) {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own) = place(room) else {
            assert!(["lib", "main"].contains(&room), "{room} is no room of CONTRIBUTING's map");
            continue;
        };
        let text = read(&file);
        let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let code = program.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            for import in line.split("crate::").skip(1) {
                let end =
                    import.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(import.len());
                let Some(other) = place(&import[..end]) else { continue };
                assert!(
                    other <= own,
                    "{}: {room} imports from {}",
                    inside.display(),
                    &import[..end]
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 300, "{seen} imports");
}
