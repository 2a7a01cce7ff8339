//! Images like the visitors' and what each should find: how rightly a site answers them.
//!
//! A table has a row for each image: `file`, and `wanted`, the names or categories that are right, separated by
//! vertical bars. Answers are those of the page: near-duplicates are one.

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

/// How many answers the page shows at first.
const TOP: usize = 12;

/// How many answers are looked through for the first that is right.
const DEPTH: usize = 100;

const COLUMNS: [&str; 2] = ["file", "wanted"];

const ADVICE: &str = "correct the table and run it again";

/// Which images are asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// A CSV file with the columns `file` and `wanted`; others are ignored.
    pub queries: PathBuf,
    /// The folder that files are relative to; by default that of the table.
    pub images: Option<PathBuf>,
}

/// How good one answer is, each 0..=1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct QueryMeasures {
    /// The share of right ones among the first 12, or among as many as the site has of them where that is fewer.
    pub precision_at_12: f64,
    /// Whether the first is right, as 1 or 0.
    pub first: f64,
    /// Whether any of the first 12 is right, as 1 or 0.
    pub any_at_12: f64,
    /// One by the rank of the first that is right; 0 where none of the first 100 is.
    pub reciprocal_rank: f64,
}

/// An image and how it was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// The image.
    pub file: PathBuf,
    /// The names or categories that are right.
    pub wanted: Vec<String>,
    /// How good the answer is.
    #[serde(flatten)]
    pub measures: QueryMeasures,
    /// The first 12, best first.
    #[serde(skip)]
    pub top: Vec<Found>,
}

/// How rightly a site answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Queries {
    /// The number of models.
    pub models: usize,
    /// How many images were asked.
    pub queries: usize,
    /// How many more could not be used.
    pub left_out: usize,
    /// The mean of [`QueryMeasures::precision_at_12`].
    pub precision_at_12: Estimate,
    /// The share of images whose first answer is right.
    pub first: Estimate,
    /// The share of images of whose first 12 answers one is right.
    pub any_at_12: Estimate,
    /// The mean of [`QueryMeasures::reciprocal_rank`].
    pub mean_reciprocal_rank: Estimate,
    /// Query by query, in the order of the table.
    pub answered: Vec<Answered>,
}

/// A row of the table.
struct Row {
    file: PathBuf,
    wanted: Vec<String>,
}

impl Queries {
    /// Asks a site all images, on all cores. An image that cannot be used, or whose like the site does not have, is
    /// reported and left out.
    ///
    /// # Errors
    /// [`Error::Catalogue`] for a table that is wrong or of which no image can be used, [`Error::File`] for one that
    /// cannot be read.
    pub fn judge(site: &Site, asked: &Asked) -> Result<Queries> {
        let rows = rows(asked)?;
        let progress = Progress::start("asking", rows.len());
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
        if answered.is_empty() {
            let advice = "see the reasons above, and whether --images names the right folder";
            return Err(wrong("at least one image that can be used", "none", advice));
        }
        let measures: Vec<[f64; 4]> = answered.iter().map(|one| one.measures.values()).collect();
        let [precision_at_12, first, any_at_12, mean_reciprocal_rank] = estimates(&measures);
        Ok(Queries {
            models: site.models.len(),
            queries: answered.len(),
            left_out: all - answered.len(),
            precision_at_12,
            first,
            any_at_12,
            mean_reciprocal_rank,
            answered,
        })
    }

    /// Each estimate with the name that the field gives its measure.
    pub fn named(&self) -> [(&'static str, Estimate); 4] {
        [
            ("precision@12", self.precision_at_12),
            ("precision@1", self.first),
            ("any@12", self.any_at_12),
            ("MRR", self.mean_reciprocal_rank),
        ]
    }

    /// The contact sheet: one HTML file with the best and the worst queries.
    pub fn sheet(&self, folder: &Path, site: &Site) -> String {
        let mut pictures = Picture::of_site(folder, site);
        let models = pictures.len();
        pictures.extend(self.answered.iter().map(|one| Picture {
            file: one.file.clone(),
            name: one.file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            category: one.wanted.join(" or "),
        }));
        let queries = self.answered.iter().zip(models..).map(|(one, row)| sheet::Query {
            row,
            quality: [one.measures.precision_at_12, one.measures.reciprocal_rank],
            top: &one.top,
        });
        let contents = sheet::Contents {
            summary: format!("{} images asked of {models} models.", self.queries),
            figures: self.named().to_vec(),
            measure: ["P@12", "precision@12"],
            queries: queries.collect(),
        };
        sheet::sheet(&contents, &pictures, site.recommender.index().origin().preprocessing)
    }
}

impl QueryMeasures {
    /// Measures an answer, best first, by which of it are right, where the site has so many.
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

fn rows(asked: &Asked) -> Result<Vec<Row>> {
    options::file("--queries", &asked.queries)?;
    if let Some(images) = &asked.images {
        options::folder("--images", images)?;
    }
    let sheet = Sheet::read(&asked.queries, &files::read(&asked.queries)?, &COLUMNS)?;
    sheet.must_have(COLUMNS, ADVICE)?;
    let [file, wanted] = COLUMNS.map(|column| sheet.column(column));
    let folder = asked.images.as_deref().or(asked.queries.parent()).unwrap_or("".as_ref());
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

/// Of each model, whether its name or one of its categories is wanted; letters may be large or small.
fn right(models: &[Model], wanted: &[String]) -> Vec<bool> {
    let wanted: Vec<String> = wanted.iter().map(|text| text.to_lowercase()).collect();
    let is_wanted = |text: &String| wanted.contains(&text.to_lowercase());
    let is_right = |model: &Model| is_wanted(&model.name) || model.categories.iter().any(is_wanted);
    models.iter().map(is_right).collect()
}

fn answer(site: &Site, Row { file, wanted }: Row) -> Result<Answered> {
    let right = right(&site.models, &wanted);
    let count = right.iter().filter(|right| **right).count();
    if count == 0 {
        let expected = format!("a model named {0} or of the category {0}", wanted.join(" or "));
        return Err(wrong(&expected, "none in this site", "see how the catalogue writes it"));
    }
    let recommender = &site.recommender;
    let query = recommender.query(&recommender.pixels(&files::read(&file)?)?)?;
    let groups = recommender.similar(&query, Filter::default(), DEPTH);
    let mut top: Vec<Found> = groups
        .iter()
        .map(|group| Found { row: group.row, score: group.score, is_right: right[group.row] })
        .collect();
    let hits: Vec<bool> = top.iter().map(|found| found.is_right).collect();
    top.truncate(TOP);
    Ok(Answered { file, wanted, measures: QueryMeasures::of(&hits, count), top })
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
        // Of three there can be no more than three.
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
