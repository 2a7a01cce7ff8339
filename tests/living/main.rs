//! Catalogues that live: what was embedded once is not embedded again, whoever embedded it and whatever
//! became of the run, and every way ends with the same bytes.

#![cfg(not(target_arch = "wasm32"))]

mod before;
mod catalogues;
#[path = "../support/content.rs"]
mod content;
mod export;
mod incremental;
#[cfg(unix)]
mod interrupt;
mod kills;
#[path = "../support/options.rs"]
mod options;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/program.rs"]
mod program;
mod shards;
mod stream;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/waiting.rs"]
mod waiting;
