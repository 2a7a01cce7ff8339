//! The program's verbs and their arguments. Each verb is one call into the library.

mod crawl;
mod embed;
mod eval;
mod help;
mod network;
mod table;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;
use eval::{EvalArguments, RecommendArguments};
use network::NetworkVerb;

use crate::commands::eval::recall;
use crate::commands::export::{self, Format};
use crate::commands::search::{Answer, Request};
use crate::commands::{bench, demo, serve};
use crate::error::Result;
use crate::search::Condition;
use crate::site::Site;
use crate::util::{files, interrupt, options, progress};

/// A visual recommender for Sketchfab models that runs inside a static web page.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    /// Show no progress and no notes; errors and the result are still printed.
    #[arg(long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Draw a labelled catalogue of parametric 3D objects for trying everything.
    Demo {
        /// How many models to draw.
        #[arg(long, default_value_t = 600)]
        models: u64,
        /// From how many sides to draw each model. With more than one, the category is the model itself, so that
        /// `eval` tells how often a model is found from another side.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        views: u64,
        /// Another seed draws other models; the same seed draws the same bytes.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The folder for catalogue.csv, thumbnails/ and samples/.
        #[arg(long)]
        out: PathBuf,
    },
    /// Collect models and their thumbnails from Sketchfab, or from a list of links.
    Crawl(Box<crawl::Crawl>),
    /// Embed the new and changed thumbnails of a catalogue, and write the site.
    Embed(embed::EmbedArguments),
    /// Join shards that `embed --shard` made elsewhere, and write the site.
    Merge(embed::MergeArguments),
    /// Write a site's page again with other settings, without embedding anything.
    Site(embed::PageArguments),
    /// Print the models most similar to an image, or those that words name, as the page shows them.
    Search {
        /// JPEG, PNG, WebP, GIF or BMP files; with several, the models should be similar to all of them.
        #[arg(required_unless_present = "words")]
        images: Vec<PathBuf>,
        /// An image that the models should be dissimilar to; may be given again.
        #[arg(long, value_name = "IMAGE", requires = "images")]
        minus: Vec<PathBuf>,
        /// Words of names, categories, tags or authors, such as "red chair". An image ranks the models that they name;
        /// if they name fewer than 12, both count.
        #[arg(long)]
        words: Option<String>,
        /// Only models that match, such as: category:chairs and not (tag:rusty or licence:"CC BY-NC")
        #[arg(long = "where", value_name = "CONDITION", value_parser = Condition::parse)]
        condition: Option<Condition>,
        /// The folder of the site.
        #[arg(long)]
        site: PathBuf,
        /// How many models to show.
        #[arg(long, default_value_t = 12)]
        top: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Judge the answers of a site, or those of labelled images, by categories; each picture is the query once.
    Eval(EvalArguments),
    /// Write the nearest models of each model, for pipelines and for static product pages.
    Recommend(RecommendArguments),
    /// Write a site's vectors and metadata for other engines.
    Export {
        /// The folder of the site.
        #[arg(long)]
        site: PathBuf,
        /// The file's format.
        #[arg(long, value_enum)]
        format: Format,
        /// The file. For npy and safetensors, the metadata are written into a second file, FILE.jsonl.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Judge a site's codes by whole feature maps: how many of the exact 10 nearest models they find.
    Recall {
        /// The folder of the site.
        #[arg(long)]
        site: PathBuf,
        /// The folder of a site of the same models, made with `embed --exact`.
        #[arg(long)]
        exact: PathBuf,
        /// How many models are queries.
        #[arg(long, default_value_t = 1000)]
        queries: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write the pixels that the network sees of an image, OUT.pixels (RGB bytes), and its features, OUT.features (f32,
    /// little-endian).
    Inspect {
        /// The image.
        image: PathBuf,
        /// The folder of the site.
        #[arg(long)]
        site: PathBuf,
        /// The path of the two files, without an ending.
        #[arg(long)]
        out: PathBuf,
    },
    /// Time each step from image bytes to neighbours on this machine.
    Bench {
        /// The folder of the site.
        #[arg(long)]
        site: PathBuf,
        /// Time the network's layers too, and compare them with the core's peak.
        #[arg(long)]
        profile: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Serve a site on this machine.
    Serve {
        /// The folder of the site.
        site: PathBuf,
        /// Where to listen: a port, a host, or both. With the default, or with only a port, other machines cannot reach
        /// the server. 0.0.0.0 is for all machines. Port 0 takes any free port.
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
        address: serve::Address,
        /// Open the page in this machine's browser.
        #[arg(long)]
        open: bool,
    },
    /// Prepare another network than the one that ships with the program.
    Network {
        #[command(subcommand)]
        verb: NetworkVerb,
    },
    /// Print what completes this program's verbs and options in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual's pages, recasketch.1 and one for each verb.
    Manual {
        /// The folder for the pages.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Reads the arguments, runs the verb, and prints an error in one sentence.
pub fn run() -> ExitCode {
    let matches = help::command().get_matches();
    let Arguments { quiet, verb: chosen } =
        Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if quiet {
        progress::be_quiet();
    }
    // The server handles Ctrl-C itself.
    if !matches!(chosen, Verb::Serve { .. }) {
        interrupt::listen();
    }
    match verb(chosen) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("recasketch: {error}");
            ExitCode::FAILURE
        }
    }
}

fn verb(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Demo { models, views, seed, out } => {
            let seconds = demo::write(&out, models, views, seed)?;
            let sides =
                if views == 1 { String::new() } else { format!(" from {views} sides each") };
            say(&format!("{models} models{sides} drawn into {} in {seconds:.1} s", out.display()))
        }
        Verb::Crawl(arguments) => crawl::run(*arguments),
        Verb::Embed(arguments) => embed::embed(arguments),
        Verb::Merge(arguments) => embed::merge(arguments),
        Verb::Site(arguments) => embed::site(&arguments),
        Verb::Search { images, minus, words, condition, site, top, json } => {
            let read = |paths: &[PathBuf]| -> Result<Vec<Vec<u8>>> {
                paths.iter().map(|path| files::read(path)).collect()
            };
            let (like, unlike) = (read(&images)?, read(&minus)?);
            let [like, unlike] =
                [&like, &unlike].map(|images| images.iter().map(Vec::as_slice).collect());
            let request = Request { like, unlike, words, condition, top };
            print(json, &Answer::to(&Site::open(&site)?, &request)?, table::answer)
        }
        Verb::Eval(arguments) => eval::eval(arguments),
        Verb::Recommend(arguments) => eval::recommend(&arguments),
        Verb::Export { site, format, out } => {
            let summary = export::run(&Site::open(&site)?, format, &out)?;
            say(&table::exported(&summary, &out))
        }
        Verb::Recall { site, exact, queries, json } => {
            let (site, exact) = (Site::open(&site)?, Site::open(&exact)?);
            let (index, exact) = (site.recommender.index(), exact.recommender.index());
            print(json, &recall::run(index, exact, queries)?, |rows| table::recall(rows))
        }
        Verb::Inspect { image, site, out } => inspect(&image, &Site::open(&site)?, &out),
        Verb::Bench { site, profile, json } => {
            print(json, &bench::run(&site, &Site::open(&site)?, profile)?, table::timed)
        }
        Verb::Serve { site, address, open } => {
            let listening = serve::listen(&site, &address)?;
            let interrupted = listening.interrupted()?;
            say(&table::serving(&site, listening.addresses()))?;
            if open {
                show(listening.addresses());
            }
            listening.run(interrupted);
            say("the server has ended")
        }
        Verb::Network { verb } => network::run(verb),
        Verb::Completions { shell } => say(&help::completions(shell)),
        Verb::Manual { out } => {
            help::manual(&out)?;
            say(&format!("the manual is written into {}", out.display()))
        }
    }
}

/// Opens the page in the browser. A machine without one still serves the page.
fn show(addresses: &[SocketAddr]) {
    let Some(address) = addresses.first() else { return };
    let mut address = *address;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    if open::that_detached(format!("http://{address}/")).is_err() {
        progress::note("no browser opens here; open the address yourself");
    }
}

fn inspect(image: &Path, site: &Site, out: &Path) -> Result<ExitCode> {
    let [pixels_file, features_file] = ["pixels", "features"].map(|e| out.with_added_extension(e));
    options::file_to_write("--out", &pixels_file)?;
    let pixels = site.recommender.pixels(&files::read(image)?)?;
    let features = site.recommender.network().features(&pixels)?;
    let floats: Vec<u8> = features.values().iter().flat_map(|value| value.to_le_bytes()).collect();
    files::write(&pixels_file, pixels.rgb())?;
    files::write(&features_file, &floats)?;
    say(&format!(
        "{} x {} x 3 bytes, {:?} floats",
        pixels.height(),
        pixels.width(),
        features.shape()
    ))
}

fn print<T: serde::Serialize>(
    json: bool,
    value: &T,
    text: impl Fn(&T) -> String,
) -> Result<ExitCode> {
    match serde_json::to_string_pretty(value) {
        Ok(written) if json => say(&written),
        _ => say(&text(value)),
    }
}

/// Prints to standard output. The reader may have closed the pipe, which is no error.
fn say(text: &str) -> Result<ExitCode> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(files::failed(Path::new("standard output"), error, "send it elsewhere"))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
