//! `recasketch eval`: how often a picture's neighbours are of its own category.
//!
//! Every picture whose category another one shares is the query once, and is left out of its own answers;
//! those without a category are there to be found wrongly. What is judged is either a site, with the
//! scores that its page shows, or labelled images, by the cosines of one [`Descriptor`] or several.
//!
//! Every mean comes with what chance does to it: [`Estimate`].

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
pub use queries::{Answered, Asked, Queries, QueryMeasures};
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

/// How many answers precision and gain look at, and a sheet shows.
pub const TOP: usize = 10;

/// One query and how it was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The query's row.
    pub row: usize,
    /// How good the answer is.
    pub measures: Measures,
    /// The first [`TOP`] of the answer, best first.
    pub top: Vec<Found>,
}

/// A picture of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its row.
    pub row: usize,
    /// How like the query it is.
    pub score: f32,
    /// Whether it is what should be found.
    pub is_right: bool,
}

/// The quality of one category's answers, or of all.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quality {
    /// The category, or `all`.
    pub category: String,
    /// How many of its pictures were the query.
    pub queries: usize,
    /// Means over these queries, 0..=1.
    #[serde(flatten)]
    pub estimates: Estimates,
}

/// How well one way to compare pictures answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The way: a descriptor's name, or `site`.
    pub descriptor: String,
    /// Over all queries.
    pub all: Quality,
    /// By category, the highest mean average precision first.
    pub categories: Vec<Quality>,
}

/// What one way does better or worse than the first, query by query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The one.
    pub descriptor: String,
    /// The first, which is subtracted.
    pub minus: String,
    /// Mean differences over all queries, -1..=1: above chance where the interval leaves zero out.
    #[serde(flatten)]
    pub estimates: Estimates,
}

/// Everything that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// How many pictures there were.
    pub pictures: usize,
    /// How many more could not be used.
    pub left_out: usize,
    /// A report for each way.
    pub reports: Vec<Report>,
    /// The others against the first.
    pub differences: Vec<Difference>,
    /// The first way's queries, for the contact sheet.
    #[serde(skip)]
    pub judged: Vec<Judged>,
}

impl Evaluation {
    /// The contact sheet of the first way: one HTML file with the best and the worst queries.
    pub fn sheet(&self, pictures: &[Picture], preprocessing: Preprocessing) -> String {
        let all = self.reports.first().map(|report| (&report.descriptor, &report.all));
        let summary = all.map_or(String::new(), |(way, all)| {
            format!("{} queries among {} pictures, compared by {way}.", all.queries, self.pictures)
        });
        let queries = self.judged.iter().map(|one| sheet::Query {
            row: one.row,
            // Pairs that found each other are equal; first the one that found more.
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

/// Judges a site by its models' first categories and the scores of its embeddings, and of their first level.
pub fn site(site: &Site) -> Evaluation {
    let index = site.recommender.index();
    let labels: Vec<&str> = site.models.iter().map(|model| first(&model.categories)).collect();
    let mut ways = vec![(name(index), by_index(&labels, index))];
    if index.levels() > 1
        && let Ok(first) = Index::open(index.until(0))
    {
        ways.push((name(&first), by_index(&labels, &first)));
    }
    evaluation(&labels, 0, &ways)
}

/// What a site's embeddings are.
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

/// Judges labelled images by the metric of descriptors, the others against the first.
pub fn images(images: &Images, descriptors: &[Descriptor]) -> Evaluation {
    let labels: Vec<&str> = images.pictures.iter().map(|picture| &*picture.category).collect();
    let judged = |descriptor: &Descriptor| {
        let vectors = images.describe(*descriptor);
        (descriptor.name().to_owned(), judge(&labels, |row| vectors.ranking(row)))
    };
    let ways: Vec<(String, Vec<Judged>)> = descriptors.iter().map(judged).collect();
    evaluation(&labels, images.left_out, &ways)
}

/// Reports of ways to compare pictures, by their names.
fn evaluation(labels: &[&str], left_out: usize, ways: &[(String, Vec<Judged>)]) -> Evaluation {
    let (minus, first) = ways.first().map_or(("", &[][..]), |(name, judged)| (name, judged));
    Evaluation {
        pictures: labels.len(),
        left_out,
        reports: ways.iter().map(|(name, judged)| report(name, labels, judged)).collect(),
        differences: ways
            .iter()
            .skip(1)
            .map(|(name, judged)| difference(name, judged, minus, first))
            .collect(),
        judged: first.to_vec(),
    }
}

/// Judges rankings: `ranking` gives all other rows, best first. Rows whose label is empty, or alone, are
/// no queries.
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

fn report(descriptor: &str, labels: &[&str], judged: &[Judged]) -> Report {
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
    Report { descriptor: descriptor.to_owned(), all: quality("all", &all), categories }
}

fn quality(category: &str, measures: &[Measures]) -> Quality {
    Quality {
        category: category.to_owned(),
        queries: measures.len(),
        estimates: Estimates::of(measures),
    }
}

/// Both were asked the same queries in the same order.
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
