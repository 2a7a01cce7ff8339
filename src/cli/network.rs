//! The verbs that prepare a network: `recasketch network ...`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::table;
use super::{print, say};
use crate::commands::demo;
use crate::error::Result;
use crate::network::Network;
use crate::network::weights::Weights;
use crate::util::{files, options};
use crate::weights::fetch;
use crate::weights::import::{self, PixelConvention};
use crate::weights::quantise::{self, WIDTHS, images};
use crate::weights::shipped::NetworkSource;
use crate::weights::verify::{self, Evidence, Golden};

#[derive(Debug, Subcommand)]
pub(super) enum NetworkVerb {
    /// Download Keras's truncated VGG16 into your cache folder and print its path.
    Fetch {
        /// A mirror of Keras's file.
        #[arg(long)]
        url: Option<String>,
        /// The SHA-256 that the file must have, instead of the MD5 that Keras publishes.
        #[arg(long, value_parser = fetch::Expected::sha256)]
        sha256: Option<fetch::Expected>,
    },
    /// Read VGG16's weights as Keras or torchvision saves them and write the truncated network as ONNX.
    Import {
        /// A .h5, .safetensors, .npz or .onnx file, with or without the fully connected layers.
        file: PathBuf,
        /// The ONNX file to write.
        #[arg(long)]
        out: PathBuf,
        /// The pixels that the file's network expects; by default, its tensors' names decide.
        #[arg(long, value_enum)]
        preprocessing: Option<PixelConvention>,
    },
    /// Write a network, packed or not, as ONNX in plain floats.
    Export {
        /// vgg16, small, or a file of a network.
        network: NetworkSource,
        /// The ONNX file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Pack a network's weights in as few bits as --min-cosine allows.
    Quantise {
        /// A truncated VGG16 in ONNX, float.
        file: PathBuf,
        /// The file to write the packed network into.
        #[arg(long)]
        out: PathBuf,
        /// A folder of images to judge it by; by default drawings of the demo.
        #[arg(long)]
        images: Option<PathBuf>,
        /// The smallest allowed cosine of the feature map to the float network's, for every image.
        #[arg(long, default_value_t = 0.995)]
        min_cosine: f64,
        /// The same width for every layer, instead of the smallest that --min-cosine allows.
        #[arg(long, conflicts_with = "min_cosine", value_parser = width)]
        bits: Option<u32>,
    },
    /// Check a network's topology and digests, and compare its features with those of another engine.
    Verify {
        /// vgg16, small, or a file of a network.
        network: NetworkSource,
        /// Golden features, as models/golden_keras.py writes them, instead of the built-in ones.
        #[arg(long)]
        golden: Option<PathBuf>,
        /// The image of the golden features, if it is not the built-in one.
        #[arg(long, requires = "golden")]
        image: Option<PathBuf>,
        /// The smallest allowed cosine to the golden features, as the only demand. By default 0.995 for a quantised
        /// network, and a relative error of at most 1e-4 for floats and for the golden weights themselves.
        #[arg(long)]
        min_cosine: Option<f64>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(verb: NetworkVerb) -> Result<ExitCode> {
    if let NetworkVerb::Import { out, .. }
    | NetworkVerb::Export { out, .. }
    | NetworkVerb::Quantise { out, .. } = &verb
    {
        options::file_to_write("--out", out)?;
    }
    match verb {
        NetworkVerb::Fetch { url, sha256 } => {
            say(&fetch::run(&fetch::Options::new(url, sha256))?.display().to_string())
        }
        NetworkVerb::Import { file, out, preprocessing } => {
            let imported = import::read(files::read(&file)?, preprocessing)?;
            let text = table::imported(&imported);
            say(&(text + &export(&imported.weights, &out)?))
        }
        NetworkVerb::Export { network, out } => {
            say(&export(&Weights::read(&network.read()?)?, &out)?)
        }
        NetworkVerb::Quantise { file, out, images, min_cosine, bits } => {
            let weights = Weights::read(&files::read(&file)?)?;
            let images = match images {
                Some(folder) => images::gather(&folder, weights.input_size)?,
                None => demo::pixels(images::ENOUGH, weights.input_size)?,
            };
            let summary = match bits {
                Some(bits) => quantise::uniform(&weights, &images, bits)?,
                None => quantise::run(&weights, &images, min_cosine)?,
            };
            files::write(&out, &summary.network)?;
            say(&table::quantised(&summary.table))
        }
        NetworkVerb::Verify { network, golden, image, min_cosine, json } => {
            let golden = golden.map(|path| Golden::read(&files::read(&path)?)).transpose()?;
            let image = image.map(|path| files::read(&path)).transpose()?;
            let (golden, image) = (golden.as_ref(), image.as_deref());
            let evidence = Evidence { golden, image, minimum_cosine: min_cosine };
            let summary = verify::run(&network.read()?, &evidence)?;
            print(json, &summary, table::verified)?;
            summary.verdict().map(|()| ExitCode::SUCCESS)
        }
    }
}

/// Writes a network in plain floats, after checking that it can be read.
fn export(weights: &Weights, out: &Path) -> Result<String> {
    let bytes = weights.write();
    let network = Network::read(&bytes)?;
    files::write(out, &bytes)?;
    Ok(table::network(weights, &network, out, bytes.len()))
}

/// One of [`WIDTHS`].
fn width(text: &str) -> std::result::Result<u32, String> {
    let width = WIDTHS.into_iter().find(|width| *text == width.to_string());
    width.ok_or_else(|| format!("a weight has one of {WIDTHS:?} bits"))
}
