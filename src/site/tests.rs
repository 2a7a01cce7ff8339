//! Publishing into a live site: kills at every step, and the order of the steps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::lists::listed;
use super::place::JOURNAL;
use super::thumbnails::Original;
use super::*;
use crate::embedding::{Embedding, Metric};
use crate::index::{Builder, Origin};
use crate::pixels::Fit;

const SCENE: &str = "RECASKETCH_TEST_SCENE";
const NUMBER: &str = "RECASKETCH_TEST_PUBLICATION";
const MODELS: &str = "RECASKETCH_TEST_MODELS";

const PAGE: [(&str, &str); 12] = [
    ("api.js", "api"),
    ("app.js", "app"),
    ("element.js", "element"),
    ("icon.svg", "<svg/>"),
    ("index.html", "<link href=\"icon.svg\"><script src=\"app.js\"></script>"),
    ("modules.js", "modules"),
    ("recasketch.js", "glue"),
    ("recasketch_bg.wasm", "module"),
    ("service-worker.js", "service worker"),
    ("page/settings.js", "settings"),
    ("site.webmanifest", "{}"),
    ("worker.js", "worker"),
];

/// Makes the page's folder and the thumbnails of a publication. The first thumbnail differs between publications.
fn prepare(scene: &Path, number: usize, models: usize) {
    let page = scene.join(format!("page-{number}"));
    std::fs::create_dir_all(&page).unwrap();
    let mut list = Vec::new();
    for (name, text) in PAGE {
        let is_changed = ["app.js", "icon.svg", "service-worker.js"].contains(&name);
        let bytes = if is_changed { format!("{text} {number}") } else { text.to_owned() };
        std::fs::create_dir_all(page.join(name).parent().unwrap()).unwrap();
        std::fs::write(page.join(name), &bytes).unwrap();
        list.push(named(name, bytes.as_bytes()));
    }
    let json = serde_json::json!({"site_version": VERSION, "files": list});
    std::fs::write(page.join("page.json"), json.to_string()).unwrap();
    for model in 0..models {
        let text = if model == 0 { format!("0 of {number}") } else { model.to_string() };
        std::fs::write(scene.join(format!("{number}-{model}.jpg")), text).unwrap();
    }
}

/// Publishes the files that [`prepare`] made.
fn publish(scene: &Path, number: usize, models: usize) -> Result<Manifest> {
    let page = Page::read(&PageSource::Folder(scene.join(format!("page-{number}"))))?;
    let place = Place::open(&scene.join("site"), true)?;
    check(&place, Some(&page))?;
    let origin = Origin {
        network: Digest([7; 32]),
        preprocessing: Fit::Crop.into(),
        metric: Metric::Cosine,
        shape: [1, 1, 4],
        classes: 0,
    };
    let mut builder = Builder::new(origin);
    let (mut models_of, mut originals) = (Vec::new(), Vec::new());
    for model in (0..models).filter(|model| *model != number) {
        let path = scene.join(format!("{number}-{model}.jpg"));
        let bytes = std::fs::read(&path).unwrap();
        let uid = format!("model-{model}");
        builder.push(&uid, Embedding::from_codes(&[1, 2, 3, model as i8]))?;
        models_of.push(Model { uid, ..Model::default() });
        let (digest, ending) = (Digest::of(&bytes), ending_of(&bytes));
        originals.push(Original { path, digest, bytes: bytes.len() as u64, ending });
    }
    let (network, embeddings) = (format!("network {number}"), Scratch::new(scene));
    let range = embeddings.push(&builder.finish())?;
    let contents = Contents {
        network: network.as_bytes(),
        embeddings: Coded { file: Arc::new(embeddings), first_level: range.end, in_cells: None },
        models: models_of,
        thumbnails: Thumbnails {
            originals: &originals,
            reduced: None,
            packs_above: usize::MAX,
            sources: &[],
        },
        samples: None,
        page: Some(&page),
        settings: None,
    };
    write(place, contents)
}

/// Does something only in the processes that the tests below start.
#[test]
fn publishes_where_a_test_asks_for_it() {
    let Some(scene) = std::env::var_os(SCENE) else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse().unwrap();
    publish(Path::new(&scene), number(NUMBER), number(MODELS)).unwrap();
}

/// Publishes in another process, which stops at the step `last` as if killed and writes its steps to `log`. Returns
/// whether it reached the end.
fn run(
    scene: &Path,
    number: usize,
    models: usize,
    last: Option<usize>,
    log: Option<&Path>,
) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["site::tests::publishes_where_a_test_asks_for_it", "--exact"]);
    command.env(SCENE, scene).env(NUMBER, number.to_string()).env(MODELS, models.to_string());
    command.env("RECASKETCH_TEST_WATCHED", scene.join("site"));
    last.map(|last| command.env("RECASKETCH_TEST_LAST_STEP", last.to_string()));
    log.map(|log| command.env("RECASKETCH_TEST_STEPS", log));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() || !said.contains("FAILED"), "{said}");
    output.status.success()
}

fn content(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
    }
    files
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in content(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Whether a file that is named by its content has this content.
fn is_named_by_content(name: &str, files: &BTreeMap<String, Vec<u8>>) -> bool {
    if name.starts_with("page-") {
        return is_whole_page(name.split_once('/').unwrap().0, files);
    }
    let file = name.rsplit('/').next().unwrap();
    let stem = file.split_once('.').unwrap().0;
    let digest = stem.rsplit('-').next().unwrap();
    files.get(name).is_some_and(|bytes| Digest::of(bytes).short() == digest)
}

fn is_whole_page(folder: &str, files: &BTreeMap<String, Vec<u8>>) -> bool {
    let start = format!("{folder}/");
    let own = files.iter().filter_map(|(name, bytes)| Some((name.strip_prefix(&start)?, bytes)));
    let own = own.filter(|(name, _)| !files::is_unfinished(name));
    page::folder_of(&own.map(|(name, bytes)| (name, bytes.clone())).collect()) == folder
}

/// Checks that all files of the last publication are there and unchanged. Returns their names.
fn check_whole(site: &Path) -> Option<BTreeSet<String>> {
    let files = content(site);
    let json = files.get(MANIFEST)?;
    let manifest: Manifest = serde_json::from_slice(json).unwrap();
    let lists = manifest.files.iter().flat_map(|list| listed(site, &list.file).expect("a list"));
    let names: BTreeSet<String> = lists.collect();
    let (doors, named): (Vec<_>, Vec<_>) = names.iter().partition(|name| {
        let is_page = name.starts_with("page-") || name.contains('/');
        !is_page && !name.contains("-") || ["service-worker.js"].contains(&name.as_str())
    });
    assert!(named.len() > 10 && doors.len() > 5, "{names:?}");
    named.iter().for_each(|name| assert!(is_named_by_content(name, &files), "{name}"));
    for parts in [&manifest.network, &manifest.embeddings, &manifest.catalogue, &manifest.offline] {
        for part in parts {
            assert_eq!(Digest::of(&files[&part.file]).to_string(), part.sha256);
        }
    }
    let shown = &files[&manifest.self_test.file];
    assert!(manifest.self_test.file.contains(&Digest::of(shown).short()));
    let offline: Offline = serde_json::from_slice(&files[&manifest.offline[0].file]).unwrap();
    for named in &offline.files {
        assert_eq!(Digest::of(&files[&named.file]).to_string(), named.sha256, "{}", named.file);
    }
    Some(names)
}

/// Checks that each door leads to a complete folder of the page, the old one or the new one.
fn check_doors(site: &Path) {
    let files = content(site);
    for door in ["index.html", "api.js", "element.js", "worker.js"] {
        let Some(text) = files.get(door).map(|bytes| String::from_utf8_lossy(bytes)) else {
            continue;
        };
        let at = text.find("page-").unwrap();
        assert!(is_whole_page(&text[at..at + 21], &files), "{door}: {text}");
    }
}

const OTHERS: [(&str, &str); 4] = [
    ("CNAME", "example.org"),
    ("thumbnails/own.jpg", "the owner's"),
    (".unfinished-novel", "chapter 1"),
    ("page-1/own.txt", "the owner's"),
];

fn with_others(site: &Path) {
    for (name, text) in OTHERS {
        std::fs::create_dir_all(site.join(name).parent().unwrap()).unwrap();
        std::fs::write(site.join(name), text).unwrap();
    }
}

fn check_others(site: &Path) {
    for (name, text) in OTHERS {
        assert_eq!(std::fs::read_to_string(site.join(name)).unwrap(), text, "{name}");
    }
}

#[test]
fn killed_at_any_step_a_site_is_whole_and_the_next_run_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let scene = place.path().join("scene");
    (1..=4).for_each(|number| prepare(&scene, number, 4));
    let site = scene.join("site");
    with_others(&site);
    // With no publication before, and with two, of which the first is retired.
    for before in [0, 2] {
        (1..=before).for_each(|number| assert!(run(&scene, number, 4, None, None)));
        let base = place.path().join(format!("base-{before}"));
        copy(&site, &base);
        let reset = || {
            std::fs::remove_dir_all(&site).unwrap();
            copy(&base, &site);
        };
        let last = check_whole(&site);
        assert!(run(&scene, 3, 4, None, None));
        let reference = content(&site);
        assert!(run(&scene, 3, 4, None, None));
        let settled = content(&site);
        reset();
        assert!(run(&scene, 4, 4, None, None) && run(&scene, 4, 4, None, None));
        let of_another = content(&site);
        let mut steps = 0;
        loop {
            reset();
            if run(&scene, 3, 4, Some(steps), None) {
                break;
            }
            let now = check_whole(&site);
            assert_eq!(now.is_some(), before > 0 || site.join(MANIFEST).exists());
            check_doors(&site);
            check_others(&site);
            let files = content(&site);
            for name in
                last.iter().flatten().filter(|name| name.contains("-") || name.contains('/'))
            {
                assert!(files.contains_key(name), "{name} was named by the last publication");
            }
            // The same run again, or another one.
            let is_published = now.is_some() && now != last;
            assert!(run(&scene, 3, 4, None, None));
            if !is_published {
                assert!(content(&site) == reference, "step {steps}");
            }
            if is_published {
                assert!(content(&site) == settled, "step {steps}");
            }
            if steps % 7 == 0 {
                reset();
                assert!(!run(&scene, 3, 4, Some(steps), None));
                assert!(run(&scene, 4, 4, None, None) && run(&scene, 4, 4, None, None));
                assert!(content(&site) == of_another, "step {steps}, then another");
            }
            steps += 1;
        }
        assert!(steps > 40, "{steps}");
        reset();
    }
}

/// The steps of a run, each with its path.
fn steps(scene: &Path, number: usize, models: usize) -> Vec<(String, String)> {
    let log = scene.join(format!("steps-{number}"));
    assert!(run(scene, number, models, None, Some(&log)));
    let text = std::fs::read_to_string(log).unwrap();
    let line =
        |line: &str| line.split_once(' ').map(|(what, path)| (what.to_owned(), path.to_owned()));
    text.lines().map(|text| line(text).unwrap()).collect()
}

#[test]
fn all_is_on_the_disk_before_the_manifest_and_the_manifest_before_anything_goes() {
    let place = tempfile::tempdir().unwrap();
    let scene = place.path();
    (1..=3).for_each(|number| prepare(scene, number, 6));
    assert!(run(scene, 1, 6, None, None) && run(scene, 2, 6, None, None));
    let steps = steps(scene, 3, 6);
    let all = |what: &str| {
        let found = steps.iter().enumerate().filter(move |(_, step)| step.0 == what);
        found.map(|(at, step)| (at, step.1.as_str())).collect::<Vec<_>>()
    };
    let (renames, syncs, removals) = (all("rename"), all("sync"), all("remove"));
    let manifest = renames.iter().find(|(_, path)| *path == MANIFEST).unwrap().0;
    let doors =
        ["index.html", "service-worker.js", "icon.svg", "api.js", "element.js", "worker.js"];
    let is_between = |path: &str, from: usize, until: usize| {
        syncs.iter().any(|(at, synced)| *synced == path && (from..until).contains(at))
    };
    let first_removal = removals[0].0;
    assert!(renames.len() > 15 && removals.len() > 5);
    for (at, path) in &renames {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if doors.contains(path) {
            assert!(*at > manifest, "{path} leads to what the manifest names");
            assert!(is_between(path, *at, first_removal) && is_between("", *at, first_removal));
        } else if *path != MANIFEST {
            assert!(*at < manifest, "{path}");
            assert!(is_between(path, *at, manifest), "{path} is not synced");
            assert!(is_between(folder, *at, manifest), "{folder} is not synced");
        }
    }
    let content = |(at, path): &&(usize, &str)| *at < manifest && files::is_unfinished(path);
    assert!(syncs.iter().rfind(content).is_some(), "the manifest's content");
    assert!(is_between("", manifest, first_removal), "the manifest's name");
    assert!(steps[..renames[0].0].iter().any(|(what, path)| what == "note" && path == JOURNAL));
}

#[test]
#[cfg(target_os = "linux")]
fn many_files_are_synced_at_once_and_those_that_are_there_are_not_written() {
    let place = tempfile::tempdir().unwrap();
    (1..=2).for_each(|number| prepare(place.path(), number, 100));
    let count = |steps: &[(String, String)], what: &str| {
        steps.iter().filter(|(step, path)| step == what && path.starts_with("thumbnails/")).count()
    };
    let first = steps(place.path(), 1, 100);
    assert_eq!([count(&first, "rename"), count(&first, "sync")], [99, 0]);
    let second = steps(place.path(), 2, 100);
    // The first thumbnail has changed, and the first publication left one out.
    assert_eq!([count(&second, "rename"), count(&second, "sync")], [2, 2]);
}

#[test]
fn what_fails_before_the_manifest_leaves_nothing() {
    let place = tempfile::tempdir().unwrap();
    let scene = place.path();
    (1..=2).for_each(|number| prepare(scene, number, 6));
    publish(scene, 1, 6).unwrap();
    let before = content(&scene.join("site"));
    let thumbnail = scene.join("2-3.jpg");
    // A folder has the name of a file that the site needs.
    let bytes = std::fs::read(&thumbnail).unwrap();
    let last = scene.join("site").join(image_name("thumbnails", Digest::of(b"0 of 2"), "jpg"));
    std::fs::create_dir(&last).unwrap();
    assert!(publish(scene, 2, 6).is_err());
    std::fs::remove_dir(&last).unwrap();
    assert!(content(&scene.join("site")) == before);
    std::fs::write(&thumbnail, bytes).unwrap();
    publish(scene, 2, 6).unwrap();
}
