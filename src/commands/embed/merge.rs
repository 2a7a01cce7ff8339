//! `recasketch merge`: makes a site from the shards of a catalogue that other machines embedded.

use std::path::PathBuf;

use crate::commands::embed::{self, Options, Summary};
use crate::error::Result;
use crate::util::options;

/// Copies the embeddings of the shards into the site's store and makes the site as [`embed::run`] does. Thumbnails
/// that no shard has are embedded here. Where all machines have the same vector instructions, the site's bytes are
/// equal to those of a run on one machine.
///
/// # Errors
/// As [`embed::run`]; [`crate::error::Error::EmbeddingFile`] for a file that is not a shard,
/// [`crate::error::Error::Mismatch`] for one of another network, preprocessing or version.
pub fn run(shards: &[PathBuf], options: &Options) -> Result<Summary> {
    shards.iter().try_for_each(|shard| options::file("the shard", shard))?;
    embed::run_after(options, |store| shards.iter().try_for_each(|shard| store.take(shard)))
}
