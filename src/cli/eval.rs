//! The verbs over all of a catalogue: `recasketch eval` and `recasketch recommend`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgGroup, Args};

use super::{print, say};
use crate::embedding::descriptor::Descriptor;
use crate::error::Result;
use crate::eval::{self, Evaluation, Images, Order, Picture};
use crate::pixels::{Fit, Framing, Resize};
use crate::site::Site;
use crate::{files, options, recommend, table};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("judged").required(true))]
pub(super) struct EvalArguments {
    /// Judge labelled images: CSV with the columns file and category, and name if you like.
    #[arg(long, group = "judged")]
    labels: Option<PathBuf>,
    /// Judge the answers of the site in this folder by its models' categories.
    #[arg(long, group = "judged")]
    site: Option<PathBuf>,
    /// The folder that the labels' files are relative to; by default that of the labels.
    #[arg(long, requires = "labels")]
    images: Option<PathBuf>,
    /// Only files that are in this folder within it.
    #[arg(long, requires = "labels")]
    only: Option<PathBuf>,
    /// What is compared of images, one or several with commas between; the others against the first.
    #[arg(long, requires = "labels", value_enum, value_delimiter = ',')]
    descriptor: Vec<Descriptor>,
    /// A truncated VGG16 instead of the one that ships with the program.
    #[arg(long, requires = "labels")]
    network: Option<PathBuf>,
    /// How images that are not square are fitted; by default they are cropped.
    #[arg(long, requires = "labels", value_enum)]
    fit: Option<Fit>,
    /// How they are brought to the network's size; by default by cubic interpolation.
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
    let (evaluation, pictures, framing) = match (&arguments.labels, &arguments.site) {
        (Some(labels), _) => of_labels(labels.clone(), &arguments)?,
        (None, folder) => {
            // clap demands one of the two.
            let folder = folder.clone().unwrap_or_default();
            let site = Site::open(&folder)?;
            let framing = site.recommender.index().origin().framing;
            (eval::site(&site), Picture::of_site(&folder, &site), framing)
        }
    };
    if let Some(path) = &arguments.sheet {
        files::write(path, eval::sheet(&evaluation, &pictures, framing).as_bytes())?;
    }
    print(arguments.json, &evaluation, table::evaluation)
}

fn of_labels(
    labels: PathBuf,
    arguments: &EvalArguments,
) -> Result<(Evaluation, Vec<Picture>, Framing)> {
    let framing = Framing {
        fit: arguments.fit.unwrap_or_default(),
        resize: arguments.resize.unwrap_or_default(),
    };
    let images = Images::read(&Order {
        labels,
        images: arguments.images.clone(),
        only: arguments.only.clone(),
        network: arguments.network.clone(),
        framing,
    })?;
    let descriptors = match &arguments.descriptor[..] {
        [] => &[Descriptor::default()],
        some => some,
    };
    Ok((eval::images(&images, descriptors), images.pictures, framing))
}

pub(super) fn recommend(arguments: &RecommendArguments) -> Result<ExitCode> {
    let outcome = recommend::run(&Site::open(&arguments.site)?, arguments.top, &arguments.out)?;
    say(&table::recommended(&outcome, &arguments.out))
}
