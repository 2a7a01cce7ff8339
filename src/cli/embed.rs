//! The verbs that make sites: `recasketch embed`, `recasketch merge` and `recasketch site`.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, Args};

use super::say;
use super::table;
use crate::commands::embed::merge;
use crate::commands::embed::{self, Options, Shard};
use crate::embedding::Metric;
use crate::error::{Details, Error, Result};
use crate::pixels::{Fit, Preprocessing, Resize};
use crate::site::settings::Settings;
use crate::site::{self, PageSource, PublishedThumbnails};
use crate::util::options;
use crate::weights::shipped::NetworkSource;

/// The usage of `embed` in its two forms, which clap cannot tell apart itself.
const USAGE: &str = "recasketch embed [OPTIONS] --catalogue <FILE> --thumbnails <FOLDER> --out <FOLDER>\n       \
     recasketch embed - [--network <vgg16|small|FILE>] [--fast] [--fit <FIT>] [--resize <RESIZE>] [--metric <METRIC>]";

#[derive(Debug, Args)]
#[command(mut_args(unless_streamed), override_usage = USAGE)]
pub(super) struct EmbedArguments {
    /// Read paths of images from standard input, one a line, and write one line of JSON for each:
    /// {"path": ..., "embedding": [...]}, or {"path": ..., "error": ...}.
    #[arg(value_name = "-", value_parser = ["-"], conflicts_with_all = ["SiteArguments", "shard"])]
    stream: Option<String>,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    site: Option<SiteArguments>,
    /// Embed only a shard of the catalogue, such as 3/40, for `merge` to join. Writes no site, but by default
    /// OUT.3-of-40.embeddings beside it.
    #[arg(long, value_name = "I/N", value_parser = Shard::parse, help_heading = "Several machines")]
    #[arg(conflicts_with_all = ["exact", "cells_above", "into_existing", "packs_above", "relearn", "samples", "page", "settings",
        "thumbnail_width", "thumbnails_at_source"])]
    shard: Option<Shard>,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// The stores of the shards that `embed --shard` made; thumbnails that none of them has are embedded here.
    #[arg(required = true)]
    shards: Vec<PathBuf>,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    site: SiteArguments,
}

#[derive(Debug, Args)]
pub(super) struct PageArguments {
    /// The folder of the site.
    site: PathBuf,
    /// The page's settings, a small JSON file such as {"title": "Our chairs"}; without it, the site's settings stay.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The page's files; by default those in this program.
    #[arg(long)]
    page: Option<PathBuf>,
}

/// How images are embedded.
#[derive(Debug, Args)]
#[command(next_help_heading = "How images are compared")]
struct NetworkArguments {
    /// The network: vgg16; small, a quarter as wide, which is faster but finds less with photographs; or a file of a
    /// truncated VGG16.
    #[arg(long, default_value = "vgg16", value_name = "vgg16|small|FILE")]
    network: NetworkSource,
    /// Embed about twice as fast, on a processor with Intel's AMX under Linux. Numbers between layers have 8 bits of
    /// mantissa then; the cosine to the usual embedding is about 0.99995.
    #[arg(long)]
    fast: bool,
    /// How thumbnails that are not square are fitted.
    #[arg(long, value_enum, default_value_t = Fit::Crop)]
    fit: Fit,
    /// How thumbnails are resized to the network's input; `--fit squash --resize nearest` is Keras's preprocessing.
    #[arg(long, value_enum, default_value_t = Resize::CatmullRom)]
    resize: Resize,
    /// How images are compared; `cosine` is the plain cosine of the feature maps, as in Rosenthal's post.
    #[arg(long, value_enum, default_value_t = Metric::MirrorSqrt)]
    metric: Metric,
}

impl NetworkArguments {
    /// How images are preprocessed and compared.
    fn preprocessing_and_metric(&self) -> (Preprocessing, Metric) {
        (Preprocessing { fit: self.fit, resize: self.resize }, self.metric)
    }
}

/// The content and the form of a site.
#[derive(Debug, Args)]
#[command(next_help_heading = "The site")]
struct SiteArguments {
    /// The catalogue: CSV with the columns uid, name, category, tags, author, licence.
    #[arg(long, value_name = "FILE")]
    catalogue: PathBuf,
    /// The folder of thumbnails, each named by its model's uid or by the catalogue's column `file`.
    #[arg(long, value_name = "FOLDER")]
    thumbnails: PathBuf,
    /// The folder to write the site into.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Write the site beside the other files of the folder, which all stay.
    #[arg(long)]
    into_existing: bool,
    /// Where finished embeddings are kept for the next run; by default beside the site, as OUT.embeddings.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
    /// The width in pixels of the thumbnails that the site shows; `original` publishes your files as they are.
    #[arg(long, value_name = "PIXELS|original", default_value = "384")]
    #[arg(value_parser = PublishedThumbnails::parse)]
    thumbnail_width: PublishedThumbnails,
    /// Publish no thumbnails where the catalogue has their address in `thumbnail_url`: visitors' browsers get them
    /// there, and that host learns their network addresses and which models they see.
    #[arg(long, conflicts_with = "thumbnail_width")]
    thumbnails_at_source: bool,
    /// Publish thumbnails in packs, files of some tens of thumbnails, if the site has more models than this. Many hosts
    /// limit the number of files.
    #[arg(long, value_name = "MODELS", default_value_t = embed::PACKS_ABOVE)]
    packs_above: usize,
    /// Keep whole feature maps, whose scores are exact; without it, a few hundred bytes a model.
    #[arg(long)]
    exact: bool,
    /// Write the site in cells if it has more models than this. The page then downloads a few cells for each query
    /// instead of all embeddings once.
    #[arg(long, value_name = "MODELS", default_value_t = embed::CELLS_ABOVE)]
    cells_above: usize,
    /// Learn the codes from the present catalogue; without it, a site's codes stay as they were learnt.
    #[arg(long)]
    relearn: bool,
    /// A folder of images for visitors to try; without it, the site's samples stay.
    #[arg(long)]
    samples: Option<PathBuf>,
    /// The page's files; by default those in this program.
    #[arg(long)]
    page: Option<PathBuf>,
    /// The page's settings, a small JSON file such as {"title": "Our chairs"}; without it, the site's settings stay.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// End with an error if a thumbnail was left out. If a row of the catalogue is wrong, end before anything is
    /// embedded.
    #[arg(long)]
    strict: bool,
}

/// Makes the arguments that a site requires optional for a stream.
fn unless_streamed(argument: Arg) -> Arg {
    match argument.is_required_set() {
        true => argument.required(false).required_unless_present("stream"),
        false => argument,
    }
}

pub(super) fn embed(arguments: EmbedArguments) -> Result<ExitCode> {
    let Some(site) = arguments.site else {
        let (preprocessing, metric) = arguments.network.preprocessing_and_metric();
        let (input, output) = (BufReader::new(std::io::stdin()), std::io::stdout().lock());
        let network = (&arguments.network.network, arguments.network.fast);
        embed::stream(network, preprocessing, metric, input, output)?;
        return Ok(ExitCode::SUCCESS);
    };
    let strict = site.strict;
    let options = options(arguments.network, site)?;
    if let Some(shard) = arguments.shard {
        let summary = embed::run_shard(&options, shard)?;
        say(&table::shard(&summary, shard))?;
        return Ok(code(strict, &summary.left_out));
    }
    let summary = embed::run(&options)?;
    say(&table::embedded(&summary, &options))?;
    Ok(code(strict, &summary.left_out))
}

pub(super) fn merge(arguments: MergeArguments) -> Result<ExitCode> {
    let strict = arguments.site.strict;
    let options = options(arguments.network, arguments.site)?;
    let summary = merge::run(&arguments.shards, &options)?;
    say(&table::embedded(&summary, &options))?;
    Ok(code(strict, &summary.left_out))
}

pub(super) fn site(arguments: &PageArguments) -> Result<ExitCode> {
    let settings = settings(arguments.settings.as_deref())?;
    let page = page(arguments.page.clone()).ok_or_else(|| {
        let advice = "build it with `./build.sh program`, or name the page's folder with --page";
        Error::Settings(Details::new("a program with the page in it", "one without", advice))
    })?;
    let manifest = site::rewrite(&arguments.site, &page, settings)?;
    say(&table::rewritten(&manifest, &arguments.site))
}

fn options(network: NetworkArguments, site: SiteArguments) -> Result<Options> {
    let (preprocessing, metric) = network.preprocessing_and_metric();
    let settings = settings(site.settings.as_deref())?;
    Ok(Options {
        catalogue: site.catalogue,
        thumbnails: site.thumbnails,
        out: site.out,
        into_existing: site.into_existing,
        store: site.store,
        published: match site.thumbnails_at_source {
            true => PublishedThumbnails::AtSource,
            false => site.thumbnail_width,
        },
        packs_above: site.packs_above,
        network: network.network,
        fast: network.fast,
        preprocessing,
        metric,
        exact: site.exact,
        cells_above: site.cells_above,
        relearn: site.relearn,
        samples: site.samples,
        page: page(site.page),
        settings,
        strict: site.strict,
    })
}

fn settings(path: Option<&Path>) -> Result<Option<Settings>> {
    let Some(path) = path else { return Ok(None) };
    options::file("--settings", path)?;
    Settings::read(path).map(Some)
}

fn code(strict: bool, left_out: &[(String, String)]) -> ExitCode {
    if strict && !left_out.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn page(folder: Option<PathBuf>) -> Option<PageSource> {
    folder.map(PageSource::Folder).or_else(PageSource::built_in)
}
