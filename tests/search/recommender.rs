//! A network and the embeddings that it made, joined.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use recasketch::digest::Digest;
use recasketch::embedding::{Embedding, Metric};
use recasketch::error::Error;
use recasketch::index::{Builder, Index, Origin};
use recasketch::network::Network;
use recasketch::pixels::{Fit, Pixels};
use recasketch::recommender::Recommender;
use recasketch::search::{Filter, nearest};

const QUARTER: &[u8] = include_bytes!("../../models/vgg16-quarter.onnx");

/// Colours of the models, each all over its image.
const COLOURS: [[u8; 3]; 4] = [[0, 0, 0], [255, 255, 255], [200, 30, 30], [48, 48, 48]];

fn network() -> Network {
    Network::read(QUARTER).unwrap()
}

fn all_of([red, green, blue]: [u8; 3]) -> Pixels {
    let rgba = [red, green, blue, 255].repeat(224 * 224);
    Pixels::from_rgba(&rgba, 224, 224, Fit::Crop, 224, 224).unwrap()
}

/// An embedding file of [`COLOURS`], which says that the network of this digest made it.
fn index(network: &Network, made_by: Digest) -> Index<Vec<u8>> {
    let metric = Metric::default();
    let preprocessing = Fit::Crop.into();
    let (shape, classes) = (network.output_shape(), network.classes());
    let mut builder =
        Builder::new(Origin { network: made_by, preprocessing, metric, shape, classes });
    for (row, colour) in COLOURS.into_iter().enumerate() {
        let features = network.features(&all_of(colour)).unwrap();
        builder.push(&row.to_string(), Embedding::pack(&features, metric)).unwrap();
    }
    Index::open(builder.finish()).unwrap()
}

#[test]
fn embeddings_of_another_network_are_refused() {
    let network = network();
    let index = index(&network, Digest([7; 32]));
    let Err(error) = Recommender::new(network, index) else {
        panic!("they do not belong together")
    };
    assert!(matches!(error, Error::Mismatch(_)), "{error}");
    let sentence = error.to_string();
    assert!(
        sentence.contains("the network 0707070707070707 that made the embeddings"),
        "{sentence}"
    );
}

#[test]
fn an_image_of_one_colour_is_answered_with_scores_that_are_numbers() {
    let network = network();
    let index = index(&network, network.digest());
    let recommender = Recommender::new(network, index).unwrap();
    for (row, colour) in COLOURS.into_iter().enumerate() {
        let query = recommender.query(&all_of(colour)).unwrap();
        let found = nearest(recommender.index(), &query, Filter::default(), COLOURS.len());
        assert_eq!((found.len(), found[0].row), (COLOURS.len(), row));
        assert!(found.iter().all(|one| (0.0..=1.0).contains(&one.score)), "{found:?}");
    }
}
