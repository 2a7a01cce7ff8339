//! A visual recommender that runs inside a web page.
//!
//! The way of one image, which is also the order of the modules:
//!
//! ```text
//! image bytes -> pixels -> network -> embedding -> index -> search -> neighbours
//! ```

pub mod digest;
pub mod error;

pub mod pixels;

pub mod network;

pub mod embedding;

pub mod index;

pub mod search;

pub mod recommender;

#[cfg(target_arch = "wasm32")]
mod web;
