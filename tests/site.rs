//! The site's files: long ones come in parts that any host takes.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/order.rs"]
mod order;
mod support;

use order::order;
use recasketch::answer::{Answer, Request};
use recasketch::demo;
use recasketch::digest::Digest;
use recasketch::embed::{self, Order};
use recasketch::error::Error;
use recasketch::site::Site;

/// What common static hosts take at most, less a little.
const MOST: usize = 24 << 20;

#[test]
fn a_network_of_59_megabytes_is_served_in_parts_and_read_as_one() {
    let place = tempfile::tempdir().unwrap();
    let network = support::bytes(&support::onnx(&support::layers(support::FULL, 16), 32, false));
    let at = |name: &str| place.path().join(name);
    std::fs::write(at("full.onnx"), &network).unwrap();
    demo::write(&at("demo"), 3, 1, 1).unwrap();
    let outcome =
        embed::run(&Order { network: Some(at("full.onnx")), ..order(&at("demo"), &at("site")) })
            .unwrap();
    let parts = outcome.manifest.network;
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
    let request = Request { like: vec![&image], top: 12, ..Request::default() };
    let answer = Answer::to(&site, &request).unwrap();
    let found: usize = answer.neighbours.iter().map(|found| 1 + found.duplicates.len()).sum();
    assert_eq!(found, 3);
    std::fs::copy(at("site").join(&parts[0].file), at("site").join(&parts[1].file)).unwrap();
    let Err(Error::Mismatch(details)) = Site::open(&at("site")) else { panic!("a mixed network") };
    assert!(details.expected.contains(&parts[1].file), "{}", details.expected);
}

#[test]
fn the_service_worker_is_told_every_file_of_the_page_by_its_content() {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name);
    demo::write(&at("demo"), 3, 1, 1).unwrap();
    std::fs::create_dir(at("page")).unwrap();
    let files = ["index.html", "app.js", "service-worker.js", "recasketch_bg.wasm"];
    for file in files {
        std::fs::write(at("page").join(file), file).unwrap();
    }
    let embed = || {
        embed::run(&Order {
            samples: Some(at("demo/samples")),
            page: Some(at("page")),
            ..order(&at("demo"), &at("site"))
        })
        .unwrap();
        let script = std::fs::read_to_string(at("site/service-worker-files.js")).unwrap();
        let (version, list) = script
            .strip_prefix("self.SITE = { version: \"")
            .and_then(|rest| rest.strip_suffix(" };\n"))
            .and_then(|rest| rest.split_once("\", files: "))
            .unwrap();
        let list: Vec<recasketch::site::Named> = serde_json::from_str(list).unwrap();
        (version.to_owned(), list)
    };
    let (first, list) = embed();
    let samples = std::fs::read_dir(at("site/samples")).unwrap().count();
    for named in &list {
        let bytes = std::fs::read(at("site").join(&named.file)).unwrap();
        assert_eq!(
            (bytes.len(), Digest::of(&bytes).to_string()),
            (named.bytes, named.sha256.clone())
        );
    }
    let names: Vec<&str> = list.iter().map(|named| &*named.file).collect();
    let page: Vec<&str> = names.iter().copied().filter(|name| !name.contains('/')).collect();
    assert_eq!(page, ["app.js", "index.html", "manifest.json"]);
    assert_eq!(names.len(), page.len() + samples + 1, "the samples, and what the self-test sees");

    assert_eq!(embed().0, first, "the same content is the same version");
    std::fs::write(at("page/app.js"), "another").unwrap();
    assert_ne!(embed().0, first);
}
