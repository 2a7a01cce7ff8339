//! `recasketch embed`: a catalogue and its thumbnails -> a site.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::catalogue::{self, Model};
use crate::embedding::{Embedding, Likeness};
use crate::error::Result;
use crate::files;
use crate::index::{Builder, Origin};
use crate::network::Network;
use crate::pixels::{Framing, Pixels};
use crate::progress::Progress;
use crate::site::{self, Contents, Manifest};

/// The network that ships with the program: VGG16's topology at a quarter of its width.
pub const DEFAULT_NETWORK: &[u8] = include_bytes!("../models/vgg16-quarter.onnx");

/// What to embed, with what, and where to.
#[derive(Debug, Clone)]
pub struct Order {
    /// The catalogue's CSV file.
    pub catalogue: PathBuf,
    /// The folder of thumbnails.
    pub thumbnails: PathBuf,
    /// The folder to write the site into.
    pub out: PathBuf,
    /// Another network than [`DEFAULT_NETWORK`].
    pub network: Option<PathBuf>,
    /// How thumbnails become the network's shape.
    pub framing: Framing,
    /// How embeddings are compared.
    pub likeness: Likeness,
    /// Whether embeddings are kept whole, however many there are.
    pub exact: bool,
    /// More models than this go into cells; see [`Contents`].
    pub cells_above: usize,
    /// A folder of images to try on the page.
    pub samples: Option<PathBuf>,
    /// The folder of the page's files.
    pub page: Option<PathBuf>,
}

/// What became of the catalogue.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was written.
    pub manifest: Manifest,
    /// The models that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// How long the embedding took, in seconds.
    pub seconds: f64,
}

/// Embeds every thumbnail on all cores and writes the site. A thumbnail that cannot be used is
/// reported and left out.
///
/// # Errors
/// Whatever stops the whole: a catalogue or network that is wrong, a folder that cannot be written,
/// not one thumbnail that can be used.
pub fn run(order: &Order) -> Result<Outcome> {
    let file = order.network.as_deref().map(files::read).transpose()?;
    let network_file = file.as_deref().unwrap_or(DEFAULT_NETWORK);
    let network = Network::read(network_file)?;
    let models = catalogue::read_csv(&order.catalogue)?;
    let progress = Progress::start("embedding", models.len());
    let embedded: Vec<Result<(Model, Embedding)>> = models
        .par_iter()
        .map(|model| {
            let one = embed_one(order, &network, model);
            if let Err(reason) = &one {
                progress.say(&format!("left out {}: {reason}", model.uid));
            }
            progress.step();
            one
        })
        .collect();
    let seconds = progress.finish();

    let origin = Origin {
        network: network.digest(),
        framing: order.framing,
        likeness: order.likeness,
        shape: network.output_shape(),
    };
    let (mut builder, mut kept, mut left_out) = (Builder::new(origin), Vec::new(), Vec::new());
    for (model, one) in models.iter().zip(embedded) {
        match one {
            Ok((model, embedding)) => {
                builder.push(&model.uid, embedding)?;
                kept.push(model);
            }
            Err(reason) => left_out.push((model.uid.clone(), reason.to_string())),
        }
    }
    let embeddings = if order.exact { builder.finish() } else { builder.finish_for_visitors() };
    let contents = Contents {
        network: network_file,
        embeddings: &embeddings,
        models: &kept,
        cells_above: order.cells_above,
        samples: order.samples.as_deref(),
        page: order.page.as_deref(),
    };
    Ok(Outcome { manifest: site::write(&order.out, &contents)?, left_out, seconds })
}

fn embed_one(order: &Order, network: &Network, model: &Model) -> Result<(Model, Embedding)> {
    let bytes = files::read(&model.thumbnail_in(&order.thumbnails))?;
    let [height, width] = network.input_size();
    let pixels = Pixels::decode(&bytes, order.framing, height, width)?;
    let embedding = Embedding::pack(&network.features(&pixels)?, order.likeness);
    let thumbnail = site::write_thumbnail(&order.out, &model.uid, &bytes)?;
    Ok((Model { thumbnail: Some(thumbnail), ..model.clone() }, embedding))
}
