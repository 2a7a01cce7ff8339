//! A visual recommender that runs inside a web page.
//!
//! The way of one image, which is also the order of the modules:
//!
//! ```text
//! image bytes -> pixels -> network -> embedding -> index -> search -> neighbours
//!                \________________________ recommender ____________/
//!
//! the owner:    crawl -> catalogue, thumbnails -> embed -> site (feature `native`)
//! the visitor:  page -> worker -> wasm                          (wasm32)
//! ```
//!
//! Both doors, the program's `search` and the page's worker, call [`recommender::Recommender`], so
//! they answer alike.

pub mod pixels;

pub mod network;

pub mod embedding;

pub mod index;

pub mod search;

pub mod recommender;

pub mod digest;
pub mod error;

#[cfg(feature = "native")]
pub mod weights;

#[cfg(feature = "native")]
pub mod site;

#[cfg(feature = "native")]
pub mod commands;

#[cfg(feature = "native")]
pub mod cli;

#[cfg(feature = "native")]
mod util;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
