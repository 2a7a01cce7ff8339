//! Sites of other versions, and a disk that is full: what is there is not lost.

use std::path::Path;

use recasketch::commands::embed;
use recasketch::error::Error;
use recasketch::site::Site;
use recasketch::weights::shipped::NetworkSource;

use crate::content::content;
use crate::place::{Place, changed};
use crate::support;

#[test]
fn a_site_of_the_version_before_is_taken_over_with_its_settings_samples_and_codes() {
    let place = Place::with_page();
    place.embed();
    let site = place.path("site");
    let json = place.text("site/manifest.json").replace("\"version\": 5", "\"version\": 4");
    let mut json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["settings"] = serde_json::json!({"title": "Ours"});
    std::fs::write(site.join("manifest.json"), json.to_string()).unwrap();
    std::fs::write(site.join("CNAME"), "example.org").unwrap();
    let said = Site::open(&site).err().unwrap().to_string();
    assert!(said.contains("expected a site of version 5, found 4"), "{said}");
    let before = content(&site);

    let options = changed(place.options("site"), |options| options.samples = None);
    let summary = embed::run(&options).unwrap();
    assert!(
        summary.kept_codes || summary.manifest.first_level == summary.manifest.embeddings.len()
    );
    assert_eq!(summary.manifest.settings.title.as_deref(), Some("Ours"));
    let samples: Vec<&str> = summary.manifest.samples.iter().map(|one| one.name.as_str()).collect();
    let expected: Vec<&str> = json["samples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert!(!samples.is_empty() && samples == expected, "{samples:?}");
    // What its visitors still use stays for one run, and what is not ours for ever.
    let page = json["page"].as_str().unwrap();
    let is_there = |name: &str| site.join(name).exists();
    assert!(is_there(page) && summary.manifest.page.as_deref() != Some(page));
    embed::run(&options).unwrap();
    assert!(!is_there(page) && is_there("CNAME"));
    assert!(before.len() > 5);
    Site::open(&site).unwrap();
}

#[test]
fn a_site_of_a_newer_version_stays_as_it_is() {
    let place = Place::with_page();
    place.embed();
    let json = place.text("site/manifest.json").replace("\"version\": 5", "\"version\": 6");
    std::fs::write(place.path("site/manifest.json"), json).unwrap();
    let before = content(&place.path("site"));
    let said = place.fails("site", &[]);
    assert!(said.contains("found version 6"), "{said}");
    assert_eq!(content(&place.path("site")), before);
}

/// A disk of 300 kB that is full in the middle.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_loses_nothing_and_leaves_nothing() {
    let place = Place::with_page();
    let disk = place.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |size: &str| {
        let options = format!("size={size}{}", if size == "300k" { "" } else { ",remount" });
        let mut command = std::process::Command::new("mount");
        command.args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&disk);
        command.output().is_ok_and(|output| output.status.success())
    };
    struct Mounted<'a>(&'a Path);
    impl Drop for Mounted<'_> {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount").arg(self.0).output();
        }
    }
    if !mount("300k") {
        eprintln!("skipped: no small disk can be mounted here");
        return;
    }
    let _mounted = Mounted(&disk);
    let small = support::bytes(&support::onnx(&support::layers([2, 2, 4, 4, 8], 1), 224, false));
    std::fs::write(place.path("small.onnx"), small).unwrap();
    let options = |network: NetworkSource| {
        changed(place.options("disk/site"), |options| {
            options.network = network;
            options.samples = None;
            options.store = Some(place.path("disk.embeddings"));
        })
    };
    let small = options(NetworkSource::File(place.path("small.onnx")));
    embed::run(&small).unwrap();
    let before = content(&disk);
    // A larger network does not fit.
    let error = embed::run(&options(NetworkSource::Small)).unwrap_err();
    let Error::File { source, .. } = &error else { panic!("{error}") };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull, "{error}");
    assert_eq!(content(&disk), before);
    // What a kill would have left is no hindrance either.
    std::fs::write(disk.join("site/.recasketch-unfinished-abc123"), vec![0; 90_000]).unwrap();
    place.change("another");
    embed::run(&small).unwrap();
    assert!(!disk.join("site/.recasketch-unfinished-abc123").exists());
    assert!(mount("8m"));
    embed::run(&options(NetworkSource::Small)).unwrap();
    Site::open(&disk.join("site")).unwrap();
}
