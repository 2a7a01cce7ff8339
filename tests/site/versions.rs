//! Sites of other versions, and a disk that is full: what is there is not lost.

use std::path::Path;

use recasketch::commands::embed;
use recasketch::digest::Digest;
use recasketch::error::Error;
use recasketch::site::Site;
use recasketch::weights::shipped::NetworkSource;

use crate::content::{content, manifest};
use crate::place::{Place, changed};
use crate::support;

/// As a site was before its images and its page went by their content.
#[test]
fn a_site_of_the_version_before_is_taken_over_with_its_settings_samples_and_codes() {
    let place = Place::with_page();
    place.embed();
    let (old, new) = (place.path("old"), manifest(&place.path("site")));
    std::fs::create_dir_all(old.join("samples")).unwrap();
    std::fs::create_dir_all(old.join("thumbnails")).unwrap();
    for part in [&new.network, &new.embeddings, &new.catalogue].into_iter().flatten() {
        std::fs::copy(place.path("site").join(&part.file), old.join(&part.file)).unwrap();
    }
    std::fs::copy(place.path("demo/samples/chair.jpg"), old.join("samples/chair.jpg")).unwrap();
    std::fs::write(old.join("thumbnails/own.jpg"), "the owner's").unwrap();
    let named = |file: &str, bytes: &[u8]| {
        std::fs::write(old.join(file), bytes).unwrap();
        serde_json::json!({"file": file, "bytes": bytes.len(), "sha256": Digest::of(bytes).to_string()})
    };
    let wasm = named("recasketch-0123456789abcdef.wasm", b"module");
    let page = [named("index.html", b"old page"), named("app.js", b"old app")];
    let json = serde_json::json!({
        "version": 3, "models": 3, "wasm": [wasm], "wasm_relaxed": null, "network": new.network,
        "embeddings": new.embeddings, "first_level": new.first_level, "catalogue": new.catalogue, "cells": null,
        "self_test": {"uid": new.self_test.uid, "file": "thumbnails/own.jpg"},
        "samples": [{"file": "samples/chair.jpg", "name": "a chair"}], "settings": {"title": "Ours"},
    });
    std::fs::write(old.join("manifest.json"), json.to_string()).unwrap();
    let list = serde_json::to_string(&page).unwrap();
    std::fs::write(
        old.join("service-worker-files.js"),
        format!("self.SITE = {{ version: \"v\", files: {list} }};\n"),
    )
    .unwrap();
    std::fs::write(old.join("service-worker.js"), "old worker").unwrap();
    std::fs::write(old.join("CNAME"), "example.org").unwrap();
    assert!(matches!(Site::open(&old), Err(Error::Mismatch(_))));

    let options = changed(place.options("old"), |options| options.samples = None);
    let manifest = embed::run(&options).unwrap().manifest;
    assert_eq!(manifest.settings.title.as_deref(), Some("Ours"));
    assert_eq!(manifest.samples[0].name, "a chair");
    assert!(
        manifest.samples[0].file.starts_with("samples/")
            && !manifest.samples[0].file.contains("chair")
    );
    assert!(
        place.text("old/index.html").contains("<title>Ours</title>")
            || place.text("old/index.html").contains("page-")
    );
    let is_there = |name: &str| old.join(name).exists();
    for name in ["app.js", "recasketch-0123456789abcdef.wasm", "service-worker-files.js"] {
        assert!(is_there(name), "{name} stays for visitors in the middle of a visit");
    }
    embed::run(&options).unwrap();
    for name in ["app.js", "recasketch-0123456789abcdef.wasm", "service-worker-files.js"] {
        assert!(!is_there(name), "{name}");
    }
    for name in ["CNAME", "thumbnails/own.jpg", "samples/chair.jpg", "service-worker.js"] {
        assert!(is_there(name), "{name}");
    }
    Site::open(&old).unwrap();
}

#[test]
fn a_site_of_a_newer_version_stays_as_it_is() {
    let place = Place::with_page();
    place.embed();
    let json = place.text("site/manifest.json").replace("\"version\": 4", "\"version\": 5");
    std::fs::write(place.path("site/manifest.json"), json).unwrap();
    let before = content(&place.path("site"));
    let said = place.fails("site", &[]);
    assert!(said.contains("found version 5"), "{said}");
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
