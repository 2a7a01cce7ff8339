//! A shard of a catalogue that several machines embed.

use std::fmt;
use std::path::PathBuf;

use crate::error::{Details, Error, Result};

/// Shard `number` of `count`, from 1 on: every `count`th row of the catalogue, so that shards take alike
/// long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: usize,
    count: usize,
}

/// What became of a shard.
#[derive(Debug, Clone)]
pub struct ShardSummary {
    /// The store that it lies in, for `recasketch merge`.
    pub store: PathBuf,
    /// How many of its thumbnails can be used.
    pub models: usize,
    /// How many were embedded by this run; the others were before.
    pub embedded: usize,
    /// The models that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// How long the embedding took, in seconds.
    pub seconds: f64,
}

impl Shard {
    /// Reads `3/40`.
    ///
    /// # Errors
    /// [`Error::Catalogue`] where the text is none of `1/1`, `1/2`, `2/2`, `1/3` and so on.
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
                "count shards from 1 on",
            ))
        })
    }

    /// Whether it has a row, counted from 0 on.
    pub fn has(&self, row: usize) -> bool {
        row % self.count == self.number - 1
    }

    /// How the name of its store ends by default.
    pub(super) fn ending(&self) -> String {
        format!("{}-of-{}.{}", self.number, self.count, super::STORE)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.count)
    }
}
