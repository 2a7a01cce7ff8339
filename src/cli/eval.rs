//! The verbs that use a whole catalogue: `recasketch eval` and `recasketch recommend`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use super::table;
use super::{print, say};
use crate::commands::eval::{self, Images, Options, Picture, QueryOptions, QuerySummary};
use crate::commands::recommend;
use crate::embedding::descriptor::Descriptor;
use crate::error::Result;
use crate::pixels::{Fit, Preprocessing, Resize};
use crate::site::Site;
use crate::util::{files, options};
use crate::weights::shipped::NetworkSource;

#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("judged").required(true)),
    group(ArgGroup::new("table").args(["labels", "queries"])),
)]
pub(super) struct EvalArguments {
    /// Judge labelled images: CSV with the columns file and category, and optionally name.
    #[arg(long, group = "judged")]
    labels: Option<PathBuf>,
    /// Judge the answers of the site in this folder by its models' categories.
    #[arg(long, group = "judged")]
    site: Option<PathBuf>,
    /// Judge the site by images such as visitors bring: CSV with the columns file and wanted, the right names or
    /// categories with | between, or - where the site has no right model.
    #[arg(long, requires = "site")]
    queries: Option<PathBuf>,
    /// The folder that the files of labels or queries are relative to; by default that of the table.
    #[arg(long, requires = "table")]
    images: Option<PathBuf>,
    /// Only files in this subfolder.
    #[arg(long, requires = "labels")]
    only: Option<PathBuf>,
    /// The descriptors to compare images by, with commas between. The others are compared with the first.
    #[arg(long, requires = "labels", value_enum, value_delimiter = ',')]
    descriptor: Vec<Descriptor>,
    /// The network: vgg16 (the default), small, or a file of a truncated VGG16.
    #[arg(long, requires = "labels", value_name = "vgg16|small|FILE")]
    network: Option<NetworkSource>,
    /// How images that are not square are fitted; by default they are cropped.
    #[arg(long, requires = "labels", value_enum)]
    fit: Option<Fit>,
    /// How images are resized to the network's input; by default by cubic interpolation.
    #[arg(long, requires = "labels", value_enum)]
    resize: Option<Resize>,
    /// Write the best and the worst queries with their answers into this HTML file.
    #[arg(long, value_name = "FILE.html")]
    sheet: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct RecommendArguments {
    /// The folder of the site.
    #[arg(long)]
    site: PathBuf,
    /// How many neighbours each model gets.
    #[arg(long, default_value_t = 10)]
    top: usize,
    /// The folder for neighbours.jsonl, neighbours.csv and neighbours/UID.json.
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn eval(arguments: EvalArguments) -> Result<ExitCode> {
    if let Some(path) = &arguments.sheet {
        options::file_to_write("--sheet", path)?;
    }
    let write_sheet = |html: &dyn Fn() -> String| {
        arguments.sheet.as_ref().map_or(Ok(()), |path| files::write(path, html().as_bytes()))
    };
    let Some(folder) = &arguments.site else {
        let (images, preprocessing) = images(&arguments)?;
        let descriptors = match &arguments.descriptor[..] {
            [] => &[Descriptor::default()],
            some => some,
        };
        let evaluation = eval::images(&images, descriptors);
        write_sheet(&|| evaluation.sheet(&images.pictures, preprocessing))?;
        return print(arguments.json, &evaluation, table::evaluation);
    };
    let site = Site::open(folder)?;
    if let Some(queries) = arguments.queries {
        let queries =
            QuerySummary::judge(&site, &QueryOptions { queries, images: arguments.images })?;
        write_sheet(&|| queries.sheet(folder, &site))?;
        return print(arguments.json, &queries, table::queries);
    }
    let (evaluation, preprocessing) =
        (eval::site(&site), site.recommender.index().origin().preprocessing);
    write_sheet(&|| evaluation.sheet(&Picture::of_site(folder, &site), preprocessing))?;
    print(arguments.json, &evaluation, table::evaluation)
}

/// The labelled images, and their preprocessing.
fn images(arguments: &EvalArguments) -> Result<(Images, Preprocessing)> {
    let preprocessing = Preprocessing {
        fit: arguments.fit.unwrap_or_default(),
        resize: arguments.resize.unwrap_or_default(),
    };
    let images = Images::read(&Options {
        // clap requires labels if there is no site.
        labels: arguments.labels.clone().unwrap_or_default(),
        images: arguments.images.clone(),
        only: arguments.only.clone(),
        network: arguments.network.clone().unwrap_or_default(),
        preprocessing,
    })?;
    Ok((images, preprocessing))
}

pub(super) fn recommend(arguments: &RecommendArguments) -> Result<ExitCode> {
    let summary = recommend::run(&Site::open(&arguments.site)?, arguments.top, &arguments.out)?;
    say(&table::recommended(&summary, &arguments.out))
}
