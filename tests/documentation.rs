//! What the documentation links to is there.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The files that are read by people, from the repository's root.
const FILES: [&str; 15] = [
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
