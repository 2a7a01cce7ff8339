//! `recasketch merge`: shares of a catalogue that were embedded elsewhere -> a site.

use std::path::PathBuf;

use crate::commands::embed::{self, Options, Outcome};
use crate::error::Result;
use crate::util::options;

/// Puts what the stores of shares have into the site's own store, and makes the site as
/// [`embed::run`] does, which embeds what no share has. Where all were embedded by machines of the same
/// instructions, the site is, byte for byte, the one that a single machine makes.
///
/// # Errors
/// As [`embed::run`]; [`crate::error::Error::EmbeddingFile`] for a file that is no share,
/// [`crate::error::Error::Mismatch`] for one of another network, framing or version.
pub fn run(shares: &[PathBuf], options: &Options) -> Result<Outcome> {
    shares.iter().try_for_each(|share| options::file("the share", share))?;
    embed::run_after(options, |store| shares.iter().try_for_each(|share| store.take(share)))
}
