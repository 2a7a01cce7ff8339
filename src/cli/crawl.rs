//! `recasketch crawl ...`: its arguments.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args};

use super::say;
use crate::commands::crawl::{
    self, Filter, Options, Place, Query, RetryPolicy, Task, Token, licences,
};
use crate::error::{Details, Error, Result};
use crate::util::files;

/// The variable of the environment that may hold a token.
const TOKEN: &str = "SKETCHFAB_TOKEN";

/// What to collect, and how.
#[derive(Debug, Args)]
#[command(
    next_help_heading = "What to collect",
    group(ArgGroup::new("place").args(["search", "collection", "from"])),
    group(ArgGroup::new("filters").multiple(true).args([
        "category", "tag", "user", "licence", "min_likes", "downloadable", "staff_picked",
        "age_restricted", "limit",
    ])),
    group(ArgGroup::new("again").args(["retry_failed", "refresh"])),
    after_help = "A token is read from --token-file or from the environment variable SKETCHFAB_TOKEN, never from an \
                  argument. You can interrupt crawl at any time: the same command continues where it stopped."
)]
pub(super) struct Crawl {
    /// The models that Sketchfab's search finds with these words.
    #[arg(long, value_name = "WORDS")]
    search: Option<String>,
    /// The models of a collection, by its uid or link.
    #[arg(long, value_name = "UID")]
    collection: Option<String>,
    /// A file of uids or links, one a line; Rec-a-Sketch's file of `name|mid`; CSV with the columns of a catalogue
    /// and thumbnail_url; Objaverse's annotations in JSON; or a folder of images.
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Only this category, by its slug, such as cars-vehicles; may be given again for more.
    #[arg(long, value_name = "SLUG")]
    category: Vec<String>,
    /// Only models with this tag; may be given again for more.
    #[arg(long)]
    tag: Vec<String>,
    /// Only this author's models, by the name in the address of the profile.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Only this licence; may be given again for more.
    #[arg(long, value_name = "SLUG", value_parser = PossibleValuesParser::new(licences::slugs()))]
    licence: Vec<String>,
    /// Only models with at least this many likes.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, hide_default_value = true)]
    min_likes: u64,
    /// Only models that can be downloaded.
    #[arg(long)]
    downloadable: bool,
    /// Only models that Sketchfab's staff picked.
    #[arg(long)]
    staff_picked: bool,
    /// Include models for adults.
    #[arg(long)]
    age_restricted: bool,
    /// At most this many models.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// The folder for catalogue.csv, thumbnails/ and the ledger crawl/.
    #[arg(long)]
    out: PathBuf,
    /// Try again only the models of this folder that failed.
    #[arg(help_heading = "Once more")]
    #[arg(long, conflicts_with_all = ["place", "filters"])]
    retry_failed: bool,
    /// Renew links and metadata of all models in this folder, keep its thumbnails, and list the models that have
    /// disappeared.
    #[arg(help_heading = "Once more")]
    #[arg(long, conflicts_with_all = ["place", "filters"])]
    refresh: bool,
    /// Your e-mail or web address, sent with every request.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "ADDRESS", value_parser = contact)]
    contact: Option<String>,
    /// A file that holds your Sketchfab token.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// At most this many requests a second, over all hosts.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "NUMBER", default_value_t = 2.0, value_parser = rate)]
    rate: f64,
    /// At most this many requests at the same time.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    downloads: u8,
    /// At most this many attempts for a model.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// The longest that one request may take, in seconds.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    deadline: u64,
    /// The base address of a mirror of Sketchfab's API; plain http is allowed only for this machine.
    #[arg(help_heading = "How to ask")]
    #[arg(long, value_name = "ADDRESS", default_value = crawl::API)]
    api: String,
}

pub(super) fn run(arguments: Crawl) -> Result<ExitCode> {
    let token = token(arguments.token_file.as_deref())?;
    let options = options(arguments, token)?;
    let summary = crawl::run(&options)?;
    say(&summary.text())?;
    summary.stopped.map_or(Ok(ExitCode::SUCCESS), Err)
}

fn options(arguments: Crawl, token: Option<Token>) -> Result<Options> {
    let retry_policy = RetryPolicy {
        deadline: Duration::from_secs(arguments.deadline),
        attempts: arguments.attempts,
        ..RetryPolicy::default()
    };
    let (out, api, contact) =
        (arguments.out.clone(), arguments.api.clone(), arguments.contact.clone());
    let (rate, downloads) = (arguments.rate, usize::from(arguments.downloads));
    let task = task(arguments)?;
    let asks = !matches!(&task, Task::Collect { query: Query { place: Place::File(path), .. }, .. } if path.is_dir());
    if asks && contact.is_none() {
        return Err(nobody());
    }
    Ok(Options { out, task, api, token, contact, rate, downloads, retry_policy })
}

fn task(arguments: Crawl) -> Result<Task> {
    if arguments.retry_failed {
        return Ok(Task::RetryFailed);
    }
    if arguments.refresh {
        return Ok(Task::Refresh);
    }
    let filter = Filter {
        categories: arguments.category,
        tags: arguments.tag,
        user: arguments.user,
        licences: arguments.licence,
        minimum_likes: arguments.min_likes,
        downloadable: arguments.downloadable,
        staff_picked: arguments.staff_picked,
    };
    let place = match (arguments.search, arguments.collection, arguments.from) {
        (Some(words), ..) => Place::Search(words),
        (_, Some(uid), _) => Place::Collection(collection(&uid)),
        (.., Some(path)) => Place::File(path),
        _ if filter.is_empty() => return Err(nothing_named()),
        _ => Place::Sketchfab,
    };
    let (limit, age_restricted) = (arguments.limit, arguments.age_restricted);
    Ok(Task::Collect { query: Query { place, filter }, limit, age_restricted })
}

/// Reads the token from a file, or else from the environment. Errors do not repeat it.
fn token(file: Option<&Path>) -> Result<Option<Token>> {
    let (place, text) = match (file, std::env::var_os(TOKEN)) {
        (Some(path), _) => {
            (path.display().to_string(), String::from_utf8_lossy(&files::read(path)?).into_owned())
        }
        (None, Some(text)) if !text.is_empty() => {
            (TOKEN.to_owned(), text.to_string_lossy().into_owned())
        }
        _ => return Ok(None),
    };
    let wrong = |came| {
        Error::Download(Details::new(
            format!("a token in {place}"),
            came,
            "copy it again from Sketchfab's settings",
        ))
    };
    Token::new(&text).map(Some).map_err(wrong)
}

/// The uid that ends a collection's link, or the uid itself.
fn collection(text: &str) -> String {
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or(text);
    last.rsplit('-').next().unwrap_or(last).to_owned()
}

/// Checks that an address can be part of a header.
fn contact(text: &str) -> std::result::Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"()".contains(&byte));
    let address = text.contains('@') || text.contains("://");
    (plain && address).then(|| text.to_owned()).ok_or("an e-mail or web address".to_owned())
}

fn rate(text: &str) -> std::result::Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=10_000.0).contains(rate));
    rate.ok_or("a number of requests a second, from 0.001 to 10000".to_owned())
}

fn nobody() -> Error {
    Error::Download(Details::new(
        "an address where you can be reached",
        "no --contact",
        "add --contact with your e-mail or web address; the operators of the servers may want to write to \
         you before they block you",
    ))
}

fn nothing_named() -> Error {
    Error::Catalogue(Details::new(
        "what to collect",
        "nothing named",
        "add --search, --collection, --from, or a filter such as --category or --user",
    ))
}
