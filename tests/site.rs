//! The site's files: long ones come in parts that any host takes.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use recasketch::answer::{Answer, Request};
use recasketch::demo;
use recasketch::digest::Digest;
use recasketch::embed::{self, Order};
use recasketch::embedding::Likeness;
use recasketch::error::Error;
use recasketch::pixels::Fit;
use recasketch::site::Site;

/// What common static hosts take at most, less a little.
const MOST: usize = 24 << 20;

#[test]
fn a_network_of_59_megabytes_is_served_in_parts_and_read_as_one() {
    let place = tempfile::tempdir().unwrap();
    let network = support::bytes(&support::onnx(&support::layers(support::FULL, 16), 32, false));
    let at = |name: &str| place.path().join(name);
    std::fs::write(at("full.onnx"), &network).unwrap();
    demo::write(&at("demo"), 3, 1).unwrap();
    let outcome = embed::run(&Order {
        catalogue: at("demo/catalogue.csv"),
        thumbnails: at("demo/thumbnails"),
        out: at("site"),
        store: None,
        network: Some(at("full.onnx")),
        framing: Fit::Crop.into(),
        likeness: Likeness::default(),
        exact: false,
        cells_above: usize::MAX,
        relearn: false,
        samples: None,
        page: None,
    })
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
