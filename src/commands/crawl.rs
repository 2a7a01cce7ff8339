//! `recasketch crawl`: makes a catalogue and its thumbnails from Sketchfab or from any list of links.
//!
//! ```text
//! query -> listing-N.jsonl -> worker pool: record? -> thumbnail -> outcomes.jsonl -> catalogue.csv
//!         (pager, lists)           (client through the rate limiter)
//! ```
//!
//! The folder `crawl/` beside the catalogue is the ledger. It holds the list of each source and the outcome of each
//! model, one line an outcome. A line is written as soon as the outcome is known. After a kill the same command
//! therefore requests nothing that is already there, and it ends with the same bytes as an undisturbed run: the
//! catalogue has the order of the lists, not the order in which the thumbnails came.

mod client;
#[doc(hidden)]
pub mod fuzzing;
mod journal;
pub(crate) mod licences;
mod listing;
mod lists;
mod outcomes;
mod pager;
mod picture;
mod query;
mod queue;
mod rate_limiter;
mod record;
mod refresh;
mod summary;
mod token;
mod worker_pool;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

pub use query::{Filter, Place, Query};
pub use summary::{Left, Summary};
pub use token::Token;

use crate::error::{Details, Error, Result};
use crate::site::catalogue::{self, Model};
use crate::util::progress::Progress;
use crate::util::{files, interrupt, options};
use client::Client;
use listing::{Head, Listing};
use outcomes::{End, Outcomes};
use record::Candidate;
use worker_pool::WorkerPool;

/// The base address of Sketchfab's API.
pub const API: &str = "https://api.sketchfab.com";

/// The folder of thumbnails within the folder `--out`.
const THUMBNAILS: &str = "thumbnails";

/// The options of `crawl`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// The folder for `catalogue.csv`, `thumbnails/` and the ledger `crawl/`.
    pub out: PathBuf,
    /// The kind of crawl.
    pub task: Task,
    /// The API's base address, without `/v3`. Plain http is allowed for this machine only.
    pub api: String,
    /// The token that identifies the owner to the API. It is sent to no other host.
    pub token: Option<Token>,
    /// The owner's contact address, which the servers see in the user agent.
    pub contact: Option<String>,
    /// The most requests a second, over all threads and hosts.
    pub rate: f64,
    /// The number of threads, and so of simultaneous requests.
    pub downloads: usize,
    /// When to repeat a request that failed, and when to stop.
    pub retry_policy: RetryPolicy,
}

impl Options {
    /// Returns the program's defaults for a folder and a task, without a token and a contact address.
    pub fn new(out: impl Into<PathBuf>, task: Task) -> Options {
        Options {
            out: out.into(),
            task,
            api: API.to_owned(),
            token: None,
            contact: None,
            rate: 2.0,
            downloads: 4,
            retry_policy: RetryPolicy::default(),
        }
    }
}

/// What a crawl does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Collects models, or continues a crawl that stopped.
    Collect {
        /// Where to look, and which models to take.
        query: Query,
        /// The most models to take. Models that the list itself shows to be unwanted do not count.
        limit: Option<usize>,
        /// Whether to take models for adults too.
        age_restricted: bool,
    },
    /// Tries the models that failed again, and does nothing else.
    RetryFailed,
    /// Reads all lists and all models' records again.
    Refresh,
}

/// When to repeat a request that failed, and when to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The longest time for one request, from the resolution of the host's name to the last byte.
    pub deadline: Duration,
    /// The pause after the first failure. Each further failure doubles it.
    pub pause: Duration,
    /// The most attempts for one model or page.
    pub attempts: u32,
    /// The longest time without an answer from a host that answered before; after it the crawl stops.
    pub outage: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            deadline: Duration::from_secs(60),
            pause: Duration::from_secs(1),
            attempts: 5,
            outage: Duration::from_secs(15 * 60),
        }
    }
}

/// Crawls, and writes the catalogue. A crawl that is stopped keeps everything that it has received, and its catalogue
/// lists it.
///
/// # Errors
/// [`Error::File`] where the folder cannot be read or written, or another process crawls into it;
/// [`Error::Catalogue`] for a list that cannot be used. The failures of servers are in the summary.
pub fn run(options: &Options) -> Result<Summary> {
    options::folder_to_write("--out", &options.out)?;
    if let Task::Collect { query: Query { place: Place::File(path), .. }, .. } = &options.task {
        match path.is_dir() {
            true => options::folder("--from", path)?,
            false => options::file("--from", path)?,
        }
    }
    let kept = format!("everything received so far is kept in {}", options.out.display());
    interrupt::keeps(kept);
    let ledger = options.out.join("crawl");
    let _lock =
        files::lock(&ledger.join("lock"), "another recasketch is crawling into this folder")?;
    let client = Client::new(options)?;
    for folder in [&options.out, &options.out.join(THUMBNAILS), &ledger] {
        files::remove_unfinished(folder);
    }
    let mut folder = Folder::open(&options.out, &ledger)?;
    let before = folder.catalogue()?;
    let there: HashSet<String> = folder.models().into_iter().map(|model| model.uid).collect();
    let progress = Progress::start("crawling", 0);
    let stopped = folder.perform(options, &client, &progress).err();
    let seconds = progress.finish();
    let models = folder.models();
    if stopped.is_none() {
        folder.finish()?;
    }
    folder.write(&models)?;
    let disappeared = match options.task {
        Task::Refresh if stopped.is_none() => folder.disappeared(before, &models)?,
        _ => Vec::new(),
    };
    let new = models.iter().filter(|model| !there.contains(&model.uid)).count();
    let [api_requests, file_requests, bytes] = client.counts();
    let counted = Summary {
        api_requests,
        file_requests,
        bytes,
        seconds,
        new,
        disappeared,
        stopped,
        ..Summary::default()
    };
    Ok(summary::count(counted, &folder, &models))
}

/// The folder `--out` with its ledger.
struct Folder {
    out: PathBuf,
    ledger: PathBuf,
    listings: Vec<(PathBuf, Listing)>,
    outcomes: Mutex<Outcomes>,
}

impl Folder {
    fn open(out: &Path, ledger: &Path) -> Result<Folder> {
        let (listings, outcomes) = (Listing::all(ledger)?, Mutex::new(Outcomes::open(ledger)?));
        Ok(Folder { out: out.to_owned(), ledger: ledger.to_owned(), listings, outcomes })
    }

    fn perform(&mut self, options: &Options, client: &Client, progress: &Progress) -> Result<()> {
        let place = match &options.task {
            Task::Collect { query, limit, age_restricted } => {
                let (limit, age_restricted) = (*limit, *age_restricted);
                Some(self.listing_index(Head { query: query.clone(), limit, age_restricted })?)
            }
            _ if self.listings.is_empty() => return Err(nothing_there(&self.out)),
            _ => None,
        };
        let Folder { out, listings, outcomes, .. } = self;
        let worker_pool = WorkerPool::new(client, options.retry_policy, progress, out, outcomes);
        match (&options.task, place) {
            (Task::Collect { .. }, Some(place)) => {
                collect(&mut listings[place].1, &worker_pool, options.downloads)
            }
            (Task::Refresh, _) => refresh::run(listings, outcomes, &worker_pool, options.downloads),
            _ => worker_pool.work(options.downloads, |worker_pool| {
                for (_, listing) in listings.iter() {
                    let head = Arc::new(listing.head.clone());
                    listing.selected().for_each(|model| worker_pool.retry(&head, model));
                }
                Ok(())
            }),
        }
    }

    /// Returns the index of a query's list, and starts the list where there is none. A file is always read again.
    fn listing_index(&mut self, head: Head) -> Result<usize> {
        let known = self.listings.iter().position(|(_, list)| list.head.query == head.query);
        let path = match known {
            Some(place) => self.listings[place].0.clone(),
            None => Listing::vacant(&self.ledger, &self.listings),
        };
        let file = match &head.query.place {
            Place::File(file) => Some(lists::read(file)?),
            _ => None,
        };
        match (known, file) {
            (Some(place), None) => self.listings[place].1.set_head(head)?,
            (Some(place), file) => {
                self.listings[place].1 = Listing::start(&path, head, file.into_iter().collect())?;
            }
            (None, file) => {
                let list = Listing::start(&path, head, file.into_iter().collect())?;
                self.listings.push((path, list));
            }
        }
        Ok(known.unwrap_or(self.listings.len() - 1))
    }

    /// Returns every model that any list selects, once, at its first place, with the head of the list that asks for
    /// it. A list that takes the model has precedence over one that leaves it out.
    fn selected<'a>(&'a self, outcomes: &Outcomes) -> Vec<(&'a Head, &'a Candidate)> {
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut selected: Vec<(&Head, &Candidate)> = Vec::new();
        let takes = |(head, listed): (&Head, &Candidate)| {
            head.query.skips(outcomes.best(listed), head.age_restricted).is_none()
        };
        let lists = self.listings.iter().map(|(_, list)| list);
        for one in lists.flat_map(|list| list.selected().map(move |model| (&list.head, model))) {
            match known.get(one.1.uid()) {
                Some(&place) if !takes(selected[place]) && takes(one) => selected[place] = one,
                Some(_) => {}
                None => {
                    known.insert(one.1.uid(), selected.len());
                    selected.push(one);
                }
            }
        }
        selected
    }

    /// Returns the catalogue's rows, in the order of the lists.
    fn models(&self) -> Vec<Model> {
        let outcomes = self.outcomes();
        let row = |(head, listed): (&Head, &Candidate)| {
            let model = outcomes.best(listed);
            let Some(End::Kept(thumbnail)) = outcomes.end_of(listed.uid()) else { return None };
            let wanted = head.query.skips(model, head.age_restricted).is_none();
            let kept = wanted && worker_pool::is_there(&self.out, thumbnail);
            kept.then(|| model.row(&thumbnail.file, thumbnail.size))
        };
        self.selected(&outcomes).into_iter().filter_map(row).collect()
    }

    /// Puts the outcomes into the catalogue's order, once nothing is left to do.
    fn finish(&mut self) -> Result<()> {
        let Folder { listings, outcomes, .. } = self;
        let outcomes = outcomes.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut known = HashSet::new();
        let models = listings.iter().flat_map(|(_, list)| list.models());
        outcomes.finish(models.filter(|model| known.insert(model.uid())))
    }

    fn write(&self, models: &[Model]) -> Result<()> {
        let path = self.catalogue_path();
        // No empty catalogue is begun, but an old one is overwritten, because it is no longer true.
        if models.is_empty() && !path.exists() {
            return Ok(());
        }
        catalogue::write_csv(&path, models)
    }

    /// Reads the catalogue of the last crawl. A catalogue that no crawl has written must not be overwritten.
    fn catalogue(&self) -> Result<Vec<Model>> {
        let (path, first) = (self.catalogue_path(), self.listings.is_empty());
        let crawled =
            |models: &Vec<Model>| models.iter().all(|model| model.facts.thumbnail_size.is_some());
        match catalogue::read_csv(&path) {
            Ok(models) if !first || crawled(&models) => Ok(models),
            Err(_) if !first || !path.exists() => Ok(Vec::new()),
            _ => Err(not_crawled(&path)),
        }
    }

    /// Returns the models that were in the catalogue and no longer are, and writes them to `disappeared.csv`.
    fn disappeared(&self, before: Vec<Model>, models: &[Model]) -> Result<Vec<Model>> {
        let there: HashSet<&str> = models.iter().map(|model| &*model.uid).collect();
        let gone = before.into_iter().filter(|model| !there.contains(&*model.uid));
        let gone: Vec<Model> = gone.collect();
        if !gone.is_empty() {
            catalogue::write_csv(&self.out.join("disappeared.csv"), &gone)?;
        }
        Ok(gone)
    }

    fn catalogue_path(&self) -> PathBuf {
        self.out.join("catalogue.csv")
    }

    /// A poisoned lock only means that another thread panicked: lines are added whole.
    fn outcomes(&self) -> MutexGuard<'_, Outcomes> {
        self.outcomes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Continues a list, and downloads its models while the list grows.
fn collect(listing: &mut Listing, worker_pool: &WorkerPool<'_>, threads: usize) -> Result<()> {
    let head = Arc::new(listing.head.clone());
    let mut wanted = 0;
    let mut want = |listing: &Listing| {
        for model in listing.selected().skip(wanted) {
            wanted += 1;
            worker_pool.want(&head, model);
        }
    };
    want(listing);
    worker_pool.work(threads, |worker_pool| pager::resume(worker_pool, listing, &mut want))
}

fn not_crawled(catalogue: &Path) -> Error {
    Error::Catalogue(Details::new(
        "a folder that only crawls write into",
        format!("{}, which no crawl has written", catalogue.display()),
        "name another folder with --out, so that your file is not overwritten",
    ))
}

fn nothing_there(out: &Path) -> Error {
    Error::Catalogue(Details::new(
        format!("a crawl in {}", out.display()),
        "none",
        "start one first, as in `recasketch crawl --search WORDS --out FOLDER`",
    ))
}
