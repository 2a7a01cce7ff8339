//! `recasketch eval`: measures how often a picture's neighbours have the picture's category.
//!
//! Every picture that shares its category with another picture is the query once, and is left out of its own answer.
//! Pictures without a category can only be wrong answers. The command judges either a site, by the scores that its
//! page shows, or labelled images, by the cosines of one or several [`Descriptor`]s.
//!
//! Every mean comes with a 95% confidence interval: [`Estimate`].

mod bootstrap;
mod images;
mod measures;
mod queries;
pub mod recall;
mod sheet;

use std::collections::BTreeMap;

pub use bootstrap::{Estimate, Estimates};
pub use images::{Images, Options};
pub use measures::Measures;
pub use queries::{Answered, QueryMeasures, QueryOptions, QuerySummary};
use rayon::prelude::*;
use serde::Serialize;
pub use sheet::Picture;

use crate::embedding::Level;
use crate::embedding::descriptor::Descriptor;
use crate::index::Index;
use crate::pixels::Preprocessing;
use crate::search::{Filter, Neighbour, nearest};
use crate::site::Site;
use crate::util::progress::Progress;

/// The number of neighbours that precision and gain count, and that a sheet shows.
pub const TOP: usize = 10;

/// One query and the quality of its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The query's row.
    pub row: usize,
    /// The quality of the answer.
    pub measures: Measures,
    /// The [`TOP`] nearest, best first.
    pub top: Vec<Found>,
}

/// A picture in an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The picture's row.
    pub row: usize,
    /// The score with the query.
    pub score: f32,
    /// Whether the picture is a right answer.
    pub is_right: bool,
}

/// The quality of the answers for one category, or for all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// The category, or `all`.
    pub category: String,
    /// The number of queries.
    pub queries: usize,
    /// Means over the queries, 0..=1.
    #[serde(flatten)]
    pub estimates: Estimates,
}

/// The quality of the answers by one descriptor.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DescriptorSummary {
    /// The descriptor's name, or what a site's embeddings are, such as `whole maps`.
    pub descriptor: String,
    /// The quality over all queries.
    pub all: Quality,
    /// The quality by category, the highest mean average precision first.
    pub categories: Vec<Quality>,
}

/// The difference between a descriptor's measures and the first descriptor's, over the same queries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The descriptor.
    pub descriptor: String,
    /// The first descriptor, whose measures are subtracted.
    pub minus: String,
    /// Mean differences over all queries, -1..=1. A difference is significant where its interval excludes zero.
    #[serde(flatten)]
    pub estimates: Estimates,
}

/// The summary of `eval`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The number of pictures that were judged.
    pub pictures: usize,
    /// The number of further pictures that could not be used.
    pub left_out: usize,
    /// One summary for each descriptor.
    pub reports: Vec<DescriptorSummary>,
    /// Each further descriptor against the first.
    pub differences: Vec<Difference>,
    /// The queries as the first descriptor answered them, for the contact sheet.
    #[serde(skip)]
    pub judged: Vec<Judged>,
}

impl Summary {
    /// Returns the contact sheet of the first descriptor: one HTML file with the best and the worst queries.
    pub fn sheet(&self, pictures: &[Picture], preprocessing: Preprocessing) -> String {
        let all = self.reports.first().map(|report| (&report.descriptor, &report.all));
        let summary = all.map_or(String::new(), |(way, all)| {
            format!("{} queries among {} pictures, compared by {way}.", all.queries, self.pictures)
        });
        let queries = self.judged.iter().map(|one| sheet::Query {
            row: one.row,
            // Precision decides between queries of equal average precision, such as two that found each other.
            quality: [one.measures.average_precision, one.measures.precision_at_10],
            top: &one.top,
        });
        let contents = sheet::Contents {
            summary,
            figures: all.map_or(Vec::new(), |(_, all)| all.estimates.named().to_vec()),
            measure: ["AP", "average precision"],
            queries: queries.collect(),
        };
        sheet::sheet(&contents, pictures, preprocessing)
    }
}

/// Judges a site by its models' first categories, once with the scores of the whole index and, where it has levels,
/// once with those of the first level alone.
pub fn site(site: &Site) -> Summary {
    let index = site.recommender.index();
    let labels: Vec<&str> = site.models.iter().map(|model| first(&model.categories)).collect();
    let mut judged = vec![(name(index), by_index(&labels, index))];
    if index.levels() > 1
        && let Ok(first) = index.first_level()
    {
        judged.push((name(&first), by_index(&labels, &first)));
    }
    summarise(&labels, 0, &judged)
}

/// Returns a name for a site's embeddings.
fn name<Bytes: AsRef<[u8]>>(index: &Index<Bytes>) -> String {
    match index.codebook() {
        None => "whole maps".to_owned(),
        Some(codebook) => {
            let bytes: usize = codebook.levels.iter().map(Level::bytes).sum();
            format!("{bytes} bytes a model")
        }
    }
}

fn by_index<Bytes: AsRef<[u8]> + Sync>(labels: &[&str], index: &Index<Bytes>) -> Vec<Judged> {
    judge(labels, |row| {
        let filter = Filter { except: Some(row), ..Filter::default() };
        nearest(index, &index.query_of(row), filter, index.len())
    })
}

/// Judges labelled images by the cosines of descriptors, each against the first.
pub fn images(images: &Images, descriptors: &[Descriptor]) -> Summary {
    let labels: Vec<&str> = images.pictures.iter().map(|picture| &*picture.category).collect();
    let judged = |descriptor: &Descriptor| {
        let vectors = images.describe(*descriptor);
        (descriptor.name().to_owned(), judge(&labels, |row| vectors.ranking(row)))
    };
    let judged: Vec<(String, Vec<Judged>)> = descriptors.iter().map(judged).collect();
    summarise(&labels, images.left_out, &judged)
}

/// Makes the summary of several descriptors' judged queries.
fn summarise(labels: &[&str], left_out: usize, judged: &[(String, Vec<Judged>)]) -> Summary {
    let (minus, first) = judged.first().map_or(("", &[][..]), |(name, judged)| (name, judged));
    Summary {
        pictures: labels.len(),
        left_out,
        reports: judged.iter().map(|(name, judged)| report(name, labels, judged)).collect(),
        differences: judged
            .iter()
            .skip(1)
            .map(|(name, judged)| difference(name, judged, minus, first))
            .collect(),
        judged: first.to_vec(),
    }
}

/// Judges rankings: `ranking` returns all other rows, best first. A row is no query where its label is empty or no
/// other row has it.
pub fn judge(labels: &[&str], ranking: impl Fn(usize) -> Vec<Neighbour> + Sync) -> Vec<Judged> {
    let mut members: BTreeMap<&str, usize> = BTreeMap::new();
    labels.iter().for_each(|label| *members.entry(label).or_default() += 1);
    let is_query = |row: &usize| !labels[*row].is_empty() && members[labels[*row]] > 1;
    let progress = Progress::start("judging", labels.len());
    (0..labels.len())
        .into_par_iter()
        .inspect(|_| progress.step())
        .filter(is_query)
        .map(|row| {
            let found = |Neighbour { row: found, score }: Neighbour| Found {
                row: found,
                score,
                is_right: labels[found] == labels[row],
            };
            let mut ranking: Vec<Found> = ranking(row).into_iter().map(found).collect();
            let hits: Vec<bool> = ranking.iter().map(|found| found.is_right).collect();
            ranking.truncate(TOP);
            Judged { row, measures: Measures::of(&hits), top: ranking }
        })
        .collect()
}

fn report(descriptor: &str, labels: &[&str], judged: &[Judged]) -> DescriptorSummary {
    let mut by_category: BTreeMap<&str, Vec<Measures>> = BTreeMap::new();
    for one in judged {
        by_category.entry(labels[one.row]).or_default().push(one.measures);
    }
    let mut categories: Vec<Quality> =
        by_category.iter().map(|(category, measures)| quality(category, measures)).collect();
    categories.sort_by(|a, b| {
        let [a, b] = [a, b].map(|quality| quality.estimates.mean_average_precision.mean);
        b.total_cmp(&a)
    });
    let all: Vec<Measures> = judged.iter().map(|one| one.measures).collect();
    DescriptorSummary { descriptor: descriptor.to_owned(), all: quality("all", &all), categories }
}

fn quality(category: &str, measures: &[Measures]) -> Quality {
    Quality {
        category: category.to_owned(),
        queries: measures.len(),
        estimates: Estimates::of(measures),
    }
}

/// Compares two descriptors. Both have judged the same queries in the same order.
fn difference(descriptor: &str, judged: &[Judged], minus: &str, first: &[Judged]) -> Difference {
    let pairs = judged.iter().zip(first);
    let differences: Vec<Measures> =
        pairs.map(|(one, other)| one.measures.minus(other.measures)).collect();
    Difference {
        descriptor: descriptor.to_owned(),
        minus: minus.to_owned(),
        estimates: Estimates::of(&differences),
    }
}

fn first(categories: &[String]) -> &str {
    categories.first().map_or("", String::as_str)
}
