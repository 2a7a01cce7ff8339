//! The contact sheet: one HTML file that shows the best and the worst queries.
//!
//! The file contains small thumbnails, so that it can be sent and stored alone. Names come from unknown authors, so
//! all text is escaped, and the file's content security policy allows nothing but its own style and pictures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rayon::prelude::*;

use super::{Estimate, Found, first};
use crate::pixels::{Pixels, Preprocessing};
use crate::site::{self, Site};

/// The number of best queries, and of worst queries, that are shown.
const SHOWN: usize = 12;

/// The most queries of one category among them. Otherwise the easiest category would fill the sheet.
const OF_A_CATEGORY: usize = 2;

/// The side of a thumbnail, in pixels, and JPEG's quality, 1..=100.
const SIDE: usize = 112;
const QUALITY: u8 = 80;

/// A labelled image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The image's path.
    pub file: PathBuf,
    /// The name.
    pub name: String,
    /// The category; empty where it is not known.
    pub category: String,
}

impl Picture {
    /// Returns the thumbnails of the site in `folder`.
    pub fn of_site(folder: &Path, site: &Site) -> Vec<Picture> {
        let picture = |model: &crate::site::catalogue::Model| Picture {
            file: folder.join(model.thumbnail.as_deref().unwrap_or_default()),
            name: model.name.clone(),
            category: first(&model.categories).to_owned(),
        };
        site.models.iter().map(picture).collect()
    }
}

/// The contents of a sheet.
pub(super) struct Contents<'a> {
    /// A sentence about what was judged.
    pub(super) summary: String,
    /// The estimates over all queries, with the names of their measures.
    pub(super) figures: Vec<(&'static str, Estimate)>,
    /// The measure that ranks the queries: its abbreviation and its name.
    pub(super) measure: [&'static str; 2],
    pub(super) queries: Vec<Query<'a>>,
}

/// A query and its answer.
pub(super) struct Query<'a> {
    /// The row of the query's picture, whose category the answers should have.
    pub(super) row: usize,
    /// The measure of the answer, 0..=1, and a second measure that decides between equal ones.
    pub(super) quality: [f64; 2],
    /// The answer, best first.
    pub(super) top: &'a [Found],
}

/// Returns the sheet's HTML. A picture that cannot be read is shown as an empty frame.
pub(super) fn sheet(
    contents: &Contents<'_>,
    pictures: &[Picture],
    preprocessing: Preprocessing,
) -> String {
    let mut ordered: Vec<&Query> = contents.queries.iter().collect();
    ordered.sort_by(|a, b| {
        let [by_measure, among_equals] = [0, 1].map(|at| b.quality[at].total_cmp(&a.quality[at]));
        by_measure.then(among_equals).then(a.row.cmp(&b.row))
    });
    let best = pick(ordered.iter().copied(), pictures);
    let chosen: BTreeSet<usize> = best.iter().map(|one| one.row).collect();
    let rest = ordered.iter().rev().copied().filter(|one| !chosen.contains(&one.row));
    let worst = pick(rest, pictures);
    let thumbnails = thumbnails(best.iter().chain(&worst), pictures, preprocessing);
    let sheet = Sheet { pictures, thumbnails, measure: contents.measure };
    let mut html = head(contents);
    sheet.section(&mut html, "Answered best", &best);
    sheet.section(&mut html, "Answered worst", &worst);
    html.push_str("</main>\n</html>\n");
    html
}

fn pick<'a>(
    ordered: impl Iterator<Item = &'a Query<'a>>,
    pictures: &[Picture],
) -> Vec<&'a Query<'a>> {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let few = |one: &&Query| {
        let taken = taken.entry(&pictures[one.row].category).or_default();
        *taken += 1;
        *taken <= OF_A_CATEGORY
    };
    ordered.filter(few).take(SHOWN).collect()
}

/// Returns the thumbnails of all pictures that are shown, each as the content of a `data:` URL.
fn thumbnails<'a>(
    shown: impl Iterator<Item = &'a &'a Query<'a>>,
    pictures: &[Picture],
    preprocessing: Preprocessing,
) -> BTreeMap<usize, String> {
    let rows: BTreeSet<usize> =
        shown.flat_map(|one| one.top.iter().map(|found| found.row).chain([one.row])).collect();
    let rows: Vec<usize> = rows.into_iter().collect();
    let thumbnail = |&row: &usize| Some((row, thumbnail(&pictures[row].file, preprocessing)?));
    rows.par_iter().filter_map(thumbnail).collect()
}

fn thumbnail(file: &Path, preprocessing: Preprocessing) -> Option<String> {
    let pixels =
        Pixels::decode(&site::read_thumbnail(file).ok()?, preprocessing, SIDE, SIDE).ok()?;
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .write_image(pixels.rgb(), SIDE as u32, SIDE as u32, ExtendedColorType::Rgb8)
        .ok()?;
    Some(STANDARD.encode(jpeg))
}

fn head(contents: &Contents<'_>) -> String {
    let figures: String = contents.figures.iter().copied().map(figure).collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <title>recasketch: contact sheet</title>\n<style>\n{}</style>\n<main>\n\
         <h1>Contact sheet</h1>\n<p>{}</p>\n<dl>{figures}</dl>\n",
        include_str!("sheet.css"),
        escaped(&contents.summary),
    )
}

fn figure((name, Estimate { mean, low, high }): (&str, Estimate)) -> String {
    format!("<div><dt>{name}</dt><dd>{mean:.3} <small>{low:.3} to {high:.3}</small></dd></div>")
}

struct Sheet<'a> {
    pictures: &'a [Picture],
    thumbnails: BTreeMap<usize, String>,
    measure: [&'static str; 2],
}

impl Sheet<'_> {
    fn section(&self, html: &mut String, title: &str, queries: &[&Query<'_>]) {
        let _ = writeln!(html, "<section>\n<h2>{title}</h2>");
        let [short, long] = self.measure;
        for query in queries {
            let picture = &self.pictures[query.row];
            let _ = writeln!(
                html,
                "<article>\n<figure class=\"query\">{}<figcaption><bdi>{}</bdi>\
                 <span>{}</span><span><abbr title=\"{long}\">{short}</abbr> {:.3}</span>\
                 </figcaption></figure>\n<ol>",
                self.image(query.row),
                escaped(&picture.name),
                escaped(&picture.category),
                query.quality[0]
            );
            query.top.iter().for_each(|found| self.answer(html, found));
            html.push_str("</ol>\n</article>\n");
        }
        html.push_str("</section>\n");
    }

    fn answer(&self, html: &mut String, found: &Found) {
        let picture = &self.pictures[found.row];
        let [class, mark, said] = match found.is_right {
            true => ["right", "✓", "right"],
            false => ["wrong", "✗", "wrong"],
        };
        let category = match picture.category.as_str() {
            "" => "no category",
            category => category,
        };
        let _ = writeln!(
            html,
            "<li class=\"{class}\"><figure>{}<figcaption><bdi>{}</bdi><span>{}</span>\
             <span><b role=\"img\" aria-label=\"{said}\">{mark}</b> {:.3}</span></figcaption></figure></li>",
            self.image(found.row),
            escaped(&picture.name),
            escaped(category),
            found.score
        );
    }

    /// Returns the image without an alternative text, because the picture's name stands below it.
    fn image(&self, row: usize) -> String {
        let size = format!("width=\"{SIDE}\" height=\"{SIDE}\"");
        self.thumbnails.get(&row).map_or_else(
            || "<div class=\"missing\"></div>".to_owned(),
            |jpeg| format!("<img alt=\"\" {size} src=\"data:image/jpeg;base64,{jpeg}\">"),
        )
    }
}

/// Escapes text for HTML, within elements and quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_contain_markup() {
        assert_eq!(
            escaped("<img src=x onerror='a()'> & \"b\"\u{7}"),
            "&lt;img src=x onerror=&#39;a()&#39;&gt; &amp; &quot;b&quot;"
        );
    }

    #[test]
    fn the_best_and_the_worst_are_at_most_two_of_a_category_and_never_the_same() {
        let picture = |row: usize| Picture {
            file: PathBuf::new(),
            name: format!("name {row}"),
            category: ["chairs", "tables"][row % 2].to_owned(),
        };
        let pictures: Vec<Picture> = (0..10).map(picture).collect();
        let top = [Found { row: 1, score: 0.5, is_right: false }];
        let query = |row: usize| Query { row, quality: [1.0 - row as f64 / 10.0, 0.0], top: &top };
        let contents = Contents {
            summary: String::new(),
            figures: Vec::new(),
            measure: ["AP", "average precision"],
            queries: (0..10).map(query).collect(),
        };
        let html = sheet(&contents, &pictures, Preprocessing::default());
        let of = |section: &str| -> Vec<String> {
            let queries = section.split("<figure class=\"query\">").skip(1);
            queries.map(|query| query.split(['>', '<']).nth(8).unwrap_or("").to_owned()).collect()
        };
        let (best, worst) = html.split_once("Answered worst").unwrap();
        assert_eq!(of(best), ["name 0", "name 1", "name 2", "name 3"]);
        assert_eq!(of(worst), ["name 9", "name 8", "name 7", "name 6"]);
        assert!(!html.contains("<img"), "no picture can be read here");
    }
}
