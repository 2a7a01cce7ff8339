//! A visual recommender that runs inside a web page.
//!
//! One image goes through the modules in this order:
//!
//! ```text
//! image bytes -> pixels -> network -> embedding -> index -> search -> neighbours
//!                \________________________ recommender ____________/
//!
//! the owner:    catalogue, thumbnails -> commands -> site       (feature `native`)
//! the visitor:  page -> worker -> wasm                          (wasm32)
//! ```
//!
//! The program's `search` and the page's worker both call [`Recommender`], so they give the same answers.
//!
//! # From image bytes to neighbours
//!
//! ```
//! use recasketch::{
//!     Embedding, Index, IndexBuilder, Metric, Network, Origin, Pixels, Preprocessing, Recommender,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = Network::read(&std::fs::read("models/vgg16-quarter.onnx")?)?;
//! let (preprocessing, metric) = (Preprocessing::default(), Metric::default());
//! let mut builder = IndexBuilder::new(Origin::of(&network, preprocessing, metric));
//! for name in ["jpeg-16x9.jpg", "png-224.png"] {
//!     let image = std::fs::read(format!("tests/fixtures/images/{name}"))?;
//!     let pixels = Pixels::decode(&image, preprocessing, 224, 224)?;
//!     builder.push(name, Embedding::pack(&network.features(&pixels)?, metric))?;
//! }
//! let recommender = Recommender::new(network, Index::open(builder.finish())?)?;
//! let pixels = recommender.pixels(&std::fs::read("tests/fixtures/images/png-224.png")?)?;
//! let nearest = &recommender.similar(&recommender.query(&pixels)?, Default::default(), 10)[0];
//! assert_eq!(recommender.index().uid(nearest.row), Some("png-224.png"));
//! # Ok(())
//! # }
//! ```
//!
//! Without the feature `native` (`default-features = false`) the crate is this flow alone. It then depends on no
//! command-line, parquet, HTTP or thread library.

pub mod pixels;

pub mod network;

pub mod embedding;

pub mod index;

pub mod search;

pub mod recommender;

pub mod digest;
pub mod error;

pub use embedding::{Embedding, Metric};
pub use error::{Error, Result};
pub use index::{Builder as IndexBuilder, Index, Origin, Query};
pub use network::{FeatureMap, Network};
pub use pixels::{Fit, Pixels, Preprocessing};
pub use recommender::Recommender;
pub use search::{Filter, Neighbour};

#[cfg(feature = "native")]
pub use commands::embed::Options as EmbedOptions;
#[cfg(feature = "native")]
pub use site::Site;

#[cfg(feature = "native")]
pub mod weights;

#[cfg(feature = "native")]
pub mod site;

#[cfg(feature = "native")]
pub mod commands;

#[cfg(feature = "native")]
#[doc(hidden)] // for the program only
pub mod cli;

#[cfg(feature = "native")]
mod util;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)] // for the page only
pub mod wasm;

/// A server may send these types to other threads and share them among threads.
const _: () = {
    const fn is_for_many_threads<T: Send + Sync>() {}
    is_for_many_threads::<Recommender<Vec<u8>>>();
    is_for_many_threads::<Query>();
    is_for_many_threads::<FeatureMap>();
    is_for_many_threads::<Error>();
};
