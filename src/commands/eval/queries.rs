//! `recasketch eval --queries`: measures how well a site answers images like those of visitors.
//!
//! A table has a row for each image: `file`, and `wanted`, the names or categories of the right models, separated by
//! vertical bars; or `-`, where the site has no right model. The answers are those of the page, where
//! near-duplicates are one result.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::bootstrap::{Estimate, estimates};
use super::{Found, Picture, sheet};
use crate::error::{Details, Error, Result};
use crate::search::Filter;
use crate::site::Site;
use crate::site::catalogue::Model;
use crate::site::catalogue::sheet::Sheet;
use crate::util::progress::Progress;
use crate::util::{files, options};

/// The number of results that the page shows at first.
const TOP: usize = 12;

/// The first right result is searched among this number.
const DEPTH: usize = 100;

const COLUMNS: [&str; 2] = ["file", "wanted"];

/// What is wanted of an image of something that the site does not have: an answer that no model is similar.
const NOTHING: &str = "-";

const ADVICE: &str = "correct the table and run the command again";

/// The options of `eval --queries`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct QueryOptions {
    /// A CSV file with the columns `file` and `wanted`. Other columns are ignored.
    pub queries: PathBuf,
    /// The folder that the files' paths are relative to. The default is the table's folder.
    pub images: Option<PathBuf>,
}

impl QueryOptions {
    /// Returns the options for a table of queries whose images lie beside it.
    pub fn new(queries: impl Into<PathBuf>) -> QueryOptions {
        QueryOptions { queries: queries.into(), images: None }
    }
}

/// The quality of one answer. Each value is 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct QueryMeasures {
    /// The fraction of right results among the first 12. Where the site has fewer right models than 12, the number
    /// found is divided by their number.
    pub precision_at_12: f64,
    /// Whether the first result is right, as 1 or 0.
    pub first: f64,
    /// Whether any of the first 12 results is right, as 1 or 0.
    pub any_at_12: f64,
    /// 1 divided by the rank of the first right result; 0 where none of the first 100 is right.
    pub reciprocal_rank: f64,
}

/// An image and the quality of its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// The image.
    pub file: PathBuf,
    /// The names or categories of the right models.
    pub wanted: Vec<String>,
    /// Whether no model of the answer counts as similar.
    pub unlike: bool,
    /// The quality of the answer; absent where nothing is wanted.
    #[serde(flatten)]
    pub measures: Option<QueryMeasures>,
    /// The first 12 results, best first.
    #[serde(skip)]
    pub top: Vec<Found>,
}

/// The summary of `eval --queries`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuerySummary {
    /// The number of models.
    pub models: usize,
    /// The number of images of which a right model is wanted.
    pub queries: usize,
    /// The number of images of which nothing is wanted.
    pub absent: usize,
    /// The number of further images that could not be used.
    pub left_out: usize,
    /// The mean of [`QueryMeasures::precision_at_12`].
    pub precision_at_12: Estimate,
    /// The fraction of images whose first result is right.
    pub first: Estimate,
    /// The fraction of images with a right result among the first 12.
    pub any_at_12: Estimate,
    /// The mean of [`QueryMeasures::reciprocal_rank`].
    pub mean_reciprocal_rank: Estimate,
    /// The fraction of `queries` for which no model counts as similar.
    pub unlike: f64,
    /// The fraction of `absent` for which no model counts as similar.
    pub absent_unlike: f64,
    /// The queries, in the order of the table.
    pub answered: Vec<Answered>,
}

/// A row of the table.
struct Row {
    file: PathBuf,
    wanted: Vec<String>,
}

impl QuerySummary {
    /// Searches a site for all images, on all cores. An image is reported and left out where it cannot be used or
    /// where the site lacks what is wanted.
    ///
    /// # Errors
    /// [`Error::Catalogue`] for a table that is invalid or of which no image can be used, [`Error::File`] for a table
    /// that cannot be read.
    pub fn judge(site: &Site, options: &QueryOptions) -> Result<QuerySummary> {
        let rows = rows(options)?;
        let progress = Progress::start("searching", rows.len());
        let all = rows.len();
        let answered: Vec<Option<Answered>> = rows
            .into_par_iter()
            .map(|row| {
                let file = row.file.display().to_string();
                let answered = answer(site, row);
                if let Err(reason) = &answered {
                    progress.say(&format!("left out {file}: {reason}"));
                }
                progress.step();
                answered.ok()
            })
            .collect();
        progress.finish();
        let answered: Vec<Answered> = answered.into_iter().flatten().collect();
        let measures: Vec<[f64; 4]> =
            answered.iter().filter_map(|one| Some(one.measures?.values())).collect();
        if measures.is_empty() {
            let advice = "see the reasons above, and check whether --images is the right folder";
            return Err(wrong("at least one image that can be used", "none", advice));
        }
        let [precision_at_12, first, any_at_12, mean_reciprocal_rank] = estimates(&measures);
        Ok(QuerySummary {
            models: site.models.len(),
            queries: measures.len(),
            absent: answered.len() - measures.len(),
            left_out: all - answered.len(),
            precision_at_12,
            first,
            any_at_12,
            mean_reciprocal_rank,
            unlike: unlike(&answered, true),
            absent_unlike: unlike(&answered, false),
            answered,
        })
    }

    /// Returns the estimates with the usual names of their measures.
    pub fn named(&self) -> [(&'static str, Estimate); 4] {
        [
            ("precision@12", self.precision_at_12),
            ("precision@1", self.first),
            ("any@12", self.any_at_12),
            ("MRR", self.mean_reciprocal_rank),
        ]
    }

    /// Returns the contact sheet: one HTML file with the best and the worst queries.
    pub fn sheet(&self, folder: &Path, site: &Site) -> String {
        let mut pictures = Picture::of_site(folder, site);
        let models = pictures.len();
        pictures.extend(self.answered.iter().map(|one| Picture {
            file: one.file.clone(),
            name: one.file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            category: one.wanted.join(" or "),
        }));
        let queries = self.answered.iter().zip(models..).filter_map(|(one, row)| {
            let QueryMeasures { precision_at_12, reciprocal_rank, .. } = one.measures?;
            Some(sheet::Query { row, quality: [precision_at_12, reciprocal_rank], top: &one.top })
        });
        let contents = sheet::Contents {
            summary: format!("{} query images and {models} models.", self.queries),
            figures: self.named().to_vec(),
            measure: ["P@12", "precision@12"],
            queries: queries.collect(),
        };
        sheet::sheet(&contents, &pictures, site.recommender.index().origin().preprocessing)
    }
}

impl QueryMeasures {
    /// Measures an answer: `hits` says of each result, best first, whether it is right; `right` is the number of
    /// right models in the site.
    pub fn of(hits: &[bool], right: usize) -> QueryMeasures {
        let top = &hits[..TOP.min(hits.len())];
        let found = top.iter().filter(|hit| **hit).count();
        let rank = hits.iter().take(DEPTH).position(|hit| *hit);
        QueryMeasures {
            precision_at_12: found as f64 / TOP.min(right).max(1) as f64,
            first: f64::from(u8::from(rank == Some(0))),
            any_at_12: f64::from(u8::from(found > 0)),
            reciprocal_rank: rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
        }
    }

    fn values(self) -> [f64; 4] {
        [self.precision_at_12, self.first, self.any_at_12, self.reciprocal_rank]
    }
}

fn rows(options: &QueryOptions) -> Result<Vec<Row>> {
    options::file("--queries", &options.queries)?;
    if let Some(images) = &options.images {
        options::folder("--images", images)?;
    }
    let sheet = Sheet::read(&options.queries, &files::read(&options.queries)?, &COLUMNS)?;
    sheet.must_have(COLUMNS, ADVICE)?;
    let [file, wanted] = COLUMNS.map(|column| sheet.column(column));
    let folder = options.images.as_deref().or(options.queries.parent()).unwrap_or("".as_ref());
    let row = |row: &crate::site::catalogue::sheet::Row| {
        let wanted = row.text(wanted).split('|').map(str::trim).filter(|text| !text.is_empty());
        let wanted: Vec<String> = wanted.map(str::to_owned).collect();
        for (text, column) in [(row.text(file), "file"), (&wanted.concat(), "wanted")] {
            if text.is_empty() {
                let came = format!("none in line {}", row.line);
                return Err(wrong(&format!("the column `{column}` in every row"), &came, ADVICE));
            }
        }
        Ok(Row { file: folder.join(row.text(file)), wanted })
    };
    let rows: Vec<Row> = sheet.rows.iter().map(row).collect::<Result<_>>()?;
    match rows.is_empty() {
        true => Err(wrong("at least one image", "none", ADVICE)),
        false => Ok(rows),
    }
}

/// Returns for each model whether its name or one of its categories is wanted, in upper or lower case.
fn right(models: &[Model], wanted: &[String]) -> Vec<bool> {
    let wanted: Vec<String> = wanted.iter().map(|text| text.to_lowercase()).collect();
    let is_wanted = |text: &String| wanted.contains(&text.to_lowercase());
    let is_right = |model: &Model| is_wanted(&model.name) || model.categories.iter().any(is_wanted);
    models.iter().map(is_right).collect()
}

/// The fraction of answers without a similar model, among those with or without a right model in the site.
fn unlike(answered: &[Answered], is_there: bool) -> f64 {
    let those = answered.iter().filter(|one| one.measures.is_some() == is_there);
    let unlike = those.clone().filter(|one| one.unlike).count();
    unlike as f64 / those.count().max(1) as f64
}

fn answer(site: &Site, Row { file, wanted }: Row) -> Result<Answered> {
    let right = right(&site.models, &wanted);
    let count = right.iter().filter(|right| **right).count();
    let is_absent = wanted == [NOTHING];
    if count == 0 && !is_absent {
        let expected = format!("a model named {0} or of the category {0}", wanted.join(" or "));
        return Err(wrong(
            &expected,
            "none in this site",
            "write the name or category as the catalogue does",
        ));
    }
    let recommender = &site.recommender;
    let query = recommender.query(&recommender.pixels(&files::read(&file)?)?)?;
    let groups = recommender.similar(&query, Filter::default(), DEPTH);
    let alike = recommender.closeness(&query).alike();
    let unlike = groups.first().is_none_or(|best| best.score < alike);
    let mut top: Vec<Found> = groups
        .iter()
        .map(|group| Found { row: group.row, score: group.score, is_right: right[group.row] })
        .collect();
    let hits: Vec<bool> = top.iter().map(|found| found.is_right).collect();
    top.truncate(TOP);
    let measures = (!is_absent).then(|| QueryMeasures::of(&hits, count));
    Ok(Answered { file, wanted, unlike, measures, top })
}

fn wrong(expected: &str, came: &str, advice: &str) -> Error {
    Error::Catalogue(Details::new(expected, came, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_measured_by_its_first_twelve_and_the_first_that_is_right() {
        let hits = [vec![false, true, true], vec![false; 9], vec![true; 20]].concat();
        let expected = QueryMeasures {
            precision_at_12: 2.0 / 12.0,
            first: 0.0,
            any_at_12: 1.0,
            reciprocal_rank: 0.5,
        };
        assert_eq!(QueryMeasures::of(&hits, 22), expected);
        // The site has three right models, so two of three were found.
        assert_eq!(QueryMeasures::of(&hits, 3).precision_at_12, 2.0 / 3.0);
        let late = [vec![false; 99], vec![true]].concat();
        let expected = QueryMeasures { reciprocal_rank: 0.01, ..Default::default() };
        assert_eq!(QueryMeasures::of(&late, 1), expected);
        assert_eq!(
            QueryMeasures::of(&[&late[..], &late].concat()[1..], 2).reciprocal_rank,
            1.0 / 99.0
        );
        let too_late = [vec![false; 100], vec![true]].concat();
        assert_eq!(QueryMeasures::of(&too_late, 1), QueryMeasures::default());
    }
}
