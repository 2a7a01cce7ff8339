//! `recasketch network ...`: networks from other tools' files, and back.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::error::Result;
use crate::import::{self, Preprocessing};
use crate::network::Network;
use crate::network::weights::Weights;
use crate::{files, table};

#[derive(Debug, Subcommand)]
pub(super) enum NetworkVerb {
    /// Read VGG16's weights as Keras or torchvision saves them and write the truncated network as ONNX.
    Import {
        /// A .h5, .safetensors, .npz or .onnx file, with or without the top.
        file: PathBuf,
        /// The ONNX file to write.
        #[arg(long)]
        out: PathBuf,
        /// What the file's network expects of its pixels; by default, what its names say.
        #[arg(long, value_enum)]
        preprocessing: Option<Preprocessing>,
    },
    /// Write a network, int8 or not, as ONNX in plain floats.
    Export {
        /// A network that this program takes.
        file: PathBuf,
        /// The ONNX file to write.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Runs a verb and gives what it prints.
pub(super) fn run(verb: NetworkVerb) -> Result<String> {
    match verb {
        NetworkVerb::Import { file, out, preprocessing } => {
            let imported = import::read(files::read(&file)?, preprocessing)?;
            let text = table::imported(&imported);
            Ok(text + &write(&imported.weights, &out)?)
        }
        NetworkVerb::Export { file, out } => write(&Weights::read(&files::read(&file)?)?, &out),
    }
}

/// Writes plain floats, as a network that has been read again and is known to be taken.
fn write(weights: &Weights, out: &Path) -> Result<String> {
    let bytes = weights.write(None);
    let network = Network::read(&bytes)?;
    files::write(out, &bytes)?;
    Ok(table::network(weights, &network, out, bytes.len()))
}
