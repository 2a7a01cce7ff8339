//! The summary of a crawl.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::outcomes::End;
use super::picture;
use super::query::Skip;
use super::{Folder, worker_pool};
use crate::error::Error;
use crate::site::catalogue::Model;
use crate::util::terminal::printable;

/// The most reasons, and the most models that disappeared, that the summary shows.
const NAMED: usize = 5;

/// The summary of a crawl: what the folder holds now, and what the crawl cost.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// Models in the catalogue.
    pub kept: usize,
    /// How many of them are new in this run.
    pub new: usize,
    /// Models that were left out, counted by reason.
    pub left: Left,
    /// The first models that failed or are gone, each with the reason.
    pub reasons: Vec<(String, String)>,
    /// The number of thumbnails of each size: `(size, count, whether the short side reaches 224)`.
    pub sizes: Vec<(String, usize, bool)>,
    /// Models that a refresh no longer found.
    pub disappeared: Vec<Model>,
    /// Requests to the API.
    pub api_requests: u64,
    /// Requests for thumbnails.
    pub file_requests: u64,
    /// Bytes of all answers' bodies.
    pub bytes: u64,
    /// The duration in seconds.
    pub seconds: f64,
    /// The error that stopped the crawl before its end.
    pub stopped: Option<Error>,
}

/// The numbers of models, or rows of a list, that are not in the catalogue, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Left {
    /// Tagged `noai` by their authors.
    pub noai: usize,
    /// Only for adults, and `age_restricted` was not set.
    pub age_restricted: usize,
    /// On a list, but excluded by the filter.
    pub filtered: usize,
    /// Without a thumbnail.
    pub no_thumbnail: usize,
    /// No longer on Sketchfab.
    pub gone: usize,
    /// Failed.
    pub failed: usize,
    /// Not reached, because the crawl was stopped.
    pub unreached: usize,
    /// Rows that name no model, and files of a folder that are not images.
    pub unreadable: usize,
    /// Rows that came again.
    pub repeated: usize,
}

/// Completes the summary by counting the folder's contents.
pub(super) fn count(mut summary: Summary, folder: &Folder, models: &[Model]) -> Summary {
    let outcomes = folder.outcomes();
    for (head, listed) in folder.selected(&outcomes) {
        let (model, end) = (outcomes.best(listed), outcomes.end_of(listed.uid()));
        let left = &mut summary.left;
        let mut because =
            |reason: &String| summary.reasons.push((model.uid().to_owned(), reason.clone()));
        match (end, head.query.skips(model, head.age_restricted)) {
            (Some(End::Gone(reason)), _) => {
                left.gone += 1;
                because(reason);
            }
            (_, Some(Skip::Noai)) => left.noai += 1,
            (_, Some(Skip::AgeRestricted)) => left.age_restricted += 1,
            (_, Some(Skip::Filtered)) => left.filtered += 1,
            (Some(End::Failed(reason)), _) => {
                left.failed += 1;
                because(reason);
            }
            (Some(End::Kept(thumbnail)), _) if worker_pool::is_there(&folder.out, thumbnail) => {}
            _ if model.whole && model.picture.is_none() => left.no_thumbnail += 1,
            _ => left.unreached += 1,
        }
    }
    for (_, listing) in &folder.listings {
        let (unreadable, repeated) = listing.oddities();
        summary.left.unreadable += unreadable;
        summary.left.repeated += repeated;
    }
    summary.reasons.truncate(NAMED);
    summary.sizes = sizes(models);
    summary.kept = models.len();
    summary
}

fn sizes(models: &[Model]) -> Vec<(String, usize, bool)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for size in models.iter().filter_map(|model| model.facts.thumbnail_size.as_deref()) {
        *counts.entry(size).or_default() += 1;
    }
    let reaches = |size: &str| {
        let sides = size.split_once('x').map(|(columns, rows)| [columns, rows].map(str::parse));
        matches!(sides, Some([Ok(columns), Ok(rows)]) if picture::reaches([columns, rows]))
    };
    let mut sizes: Vec<_> =
        counts.into_iter().map(|(size, count)| (size.to_owned(), count, reaches(size))).collect();
    sizes.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    sizes
}

impl Summary {
    /// Returns the summary as text for the terminal, one fact a line.
    pub(crate) fn text(&self) -> String {
        let Summary { kept, new, left, seconds, .. } = self;
        let mut text = format!("{kept} models in the catalogue, {new} of them new\n");
        for (count, what) in [
            (left.noai, "left out: tagged noai by their authors"),
            (left.age_restricted, "left out: only for adults (--age-restricted takes them)"),
            (left.filtered, "left out: excluded by the filters"),
            (left.no_thumbnail, "without a thumbnail"),
            (left.gone, "no longer on Sketchfab"),
            (left.failed, "failed; --retry-failed tries them again"),
            (left.unreached, "not reached; the same command continues"),
            (left.unreadable, "rows without a model, or files that are not images"),
            (left.repeated, "repeated rows"),
        ] {
            if count > 0 {
                let _ = writeln!(text, "{count:>8} {what}");
            }
        }
        for (uid, reason) in &self.reasons {
            let _ = writeln!(text, "         {uid}: {}", printable(reason));
        }
        for (size, count, reaches) in &self.sizes {
            let why = match reaches {
                true => "the smallest there is whose short side reaches 224 pixels",
                false => "the largest there is; its short side does not reach 224 pixels",
            };
            let _ = writeln!(text, "{count:>8} thumbnails of {size}: {why}");
        }
        let _ = writeln!(
            text,
            "{} requests to the API, {} for thumbnails, {:.1} MB in {seconds:.1} s, {:.1} models a second",
            self.api_requests,
            self.file_requests,
            self.bytes as f64 / 1e6,
            *new as f64 / seconds.max(1e-3)
        );
        text + &self.disappeared()
    }

    fn disappeared(&self) -> String {
        let gone = &self.disappeared;
        if gone.is_empty() {
            return String::new();
        }
        let mut text = format!("{} disappeared, listed in disappeared.csv:\n", gone.len());
        for model in gone.iter().take(NAMED) {
            let _ = writeln!(text, "         {} {}", model.uid, printable(&model.name));
        }
        text
    }
}
