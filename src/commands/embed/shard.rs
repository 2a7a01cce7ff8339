//! A shard of a catalogue that several machines embed.

use std::fmt;
use std::path::PathBuf;

use crate::error::{Details, Error, Result};

/// Shard `number` of `count`, counted from 1: every `count`th row of the catalogue, so that all shards take about
/// equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    count: usize,
}

/// The summary of embedding a shard.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShardSummary {
    /// The shard's store, for `recasketch merge`.
    pub store: PathBuf,
    /// How many of its thumbnails can be used.
    pub models: usize,
    /// How many this run embedded. The store had the others.
    pub embedded: usize,
    /// The models that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// The duration of the embedding, in seconds.
    pub seconds: f64,
}

impl Shard {
    /// Reads a shard such as `3/40`.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where the text is not `number/count` with `1 <= number <= count`.
    pub fn parse(text: &str) -> Result<Shard> {
        let parts = text.split_once('/');
        let read = |(number, count): (&str, &str)| -> Option<Shard> {
            Some(Shard { number: number.parse().ok()?, count: count.parse().ok()? })
        };
        let shard = parts.and_then(read).filter(|s| (1..=s.count).contains(&s.number));
        shard.ok_or_else(|| {
            Error::Catalogue(Details::new(
                "a shard such as 3/40, the third of forty",
                format!("'{text}'"),
                "count shards from 1",
            ))
        })
    }

    /// Returns whether a row of the catalogue, counted from 0, is in this shard.
    pub fn has(&self, row: usize) -> bool {
        row % self.count == self.number - 1
    }

    /// Returns the default file name ending of the shard's store.
    pub(super) fn ending(&self) -> String {
        format!("{}-of-{}.{}", self.number, self.count, super::STORE)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.count)
    }
}
