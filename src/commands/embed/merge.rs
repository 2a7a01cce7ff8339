//! `recasketch merge`: shards of a catalogue that were embedded elsewhere -> a site.

use std::path::PathBuf;

use crate::commands::embed::{self, Options, Summary};
use crate::error::Result;
use crate::util::options;

/// Puts what the stores of shards have into the site's own store, and makes the site as
/// [`embed::run`] does, which embeds what no shard has. Where all were embedded by machines of the same
/// instructions, the site is, byte for byte, the one that a single machine makes.
///
/// # Errors
/// As [`embed::run`]; [`crate::error::Error::EmbeddingFile`] for a file that is no shard,
/// [`crate::error::Error::Mismatch`] for one of another network, preprocessing or version.
pub fn run(shards: &[PathBuf], options: &Options) -> Result<Summary> {
    shards.iter().try_for_each(|shard| options::file("the shard", shard))?;
    embed::run_after(options, |store| shards.iter().try_for_each(|shard| store.take(shard)))
}
