//! `crawl --refresh`: every list is read again into a new file, which replaces the old one once it is complete.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::listing::{self, Listing, Page};
use super::outcomes::{End, Outcomes};
use super::query::Place;
use super::record::Candidate;
use super::worker_pool::WorkerPool;
use super::{lists, pager};
use crate::error::Result;

/// Reads all lists of a folder again. Thumbnails that are there stay. A model that a list no longer shows is
/// requested by its own address before it counts as gone.
pub(super) fn run(
    listings: &mut [(PathBuf, Listing)],
    outcomes: &Mutex<Outcomes>,
    worker_pool: &WorkerPool<'_>,
    threads: usize,
) -> Result<()> {
    begin(listings, outcomes)?;
    let mut renewed = Vec::new();
    worker_pool.work(threads, |worker_pool| {
        for (path, old) in listings.iter() {
            renewed.push(renew(worker_pool, path, old)?);
        }
        Ok(())
    })?;
    for ((path, old), list) in listings.iter_mut().zip(renewed) {
        if let Some(mut list) = list {
            keep_confirmed(old, &mut list, outcomes)?;
            list.supplant(path)?;
            *old = list;
        }
    }
    Ok(())
}

/// Continues a refresh that a kill interrupted, or begins one.
fn begin(listings: &[(PathBuf, Listing)], outcomes: &Mutex<Outcomes>) -> Result<()> {
    let mut outcomes = lock(outcomes);
    if outcomes.refreshing {
        return Ok(());
    }
    for (path, _) in listings {
        listing::discard(&listing::renewed(path))?;
    }
    outcomes.refresh()
}

/// Reads a list again. Returns `None` where the file that the owner gave can no longer be read.
fn renew(worker_pool: &WorkerPool<'_>, path: &Path, old: &Listing) -> Result<Option<Listing>> {
    let (head, beside) = (old.head.clone(), listing::renewed(path));
    let shared = Arc::new(head.clone());
    let list = if let Place::File(file) = &head.query.place {
        match lists::read(file) {
            Ok(page) => Listing::start(&beside, head, vec![page])?,
            Err(error) => {
                worker_pool
                    .progress
                    .say(&format!("the list of {} is kept unchanged: {error}", file.display()));
                old.models().for_each(|model| worker_pool.want(&shared, model));
                return Ok(None);
            }
        }
    } else {
        let begun = if beside.exists() { Listing::read(&beside)? } else { None };
        let begun = begun.filter(|begun| begun.head == head);
        let mut list = begun.map_or_else(|| Listing::start(&beside, head, Vec::new()), Ok)?;
        pager::resume(worker_pool, &mut list, &mut |_| {})?;
        let lost = old.selected().filter(|model| !list.has(model.uid()));
        lost.for_each(|model| worker_pool.confirm(&shared, model));
        list
    };
    list.selected().for_each(|model| worker_pool.want(&shared, model));
    Ok(Some(list))
}

/// Keeps the models that the new list does not show, or shows only after its limit, but whose thumbnail is stored and
/// which are not known to be gone.
fn keep_confirmed(old: &Listing, list: &mut Listing, outcomes: &Mutex<Outcomes>) -> Result<()> {
    if matches!(old.head.query.place, Place::File(_)) {
        return Ok(());
    }
    let outcomes = lock(outcomes);
    let selected: HashSet<&str> = list.selected().map(Candidate::uid).collect();
    let behind: HashMap<&str, &Candidate> =
        list.models().map(|model| (model.uid(), model)).collect();
    let there = |uid: &str| matches!(outcomes.end_of(uid), Some(End::Kept(_)));
    let lost = old.selected().filter(|model| !selected.contains(model.uid()) && there(model.uid()));
    let newest = |model: &'_ Candidate| {
        outcomes.best(behind.get(model.uid()).copied().unwrap_or(model)).clone()
    };
    let found: Vec<Candidate> = lost.map(newest).collect();
    drop((selected, behind));
    if found.is_empty() {
        return Ok(());
    }
    list.add(Page { found, confirmed: true, ..Page::default() })
}

/// A poisoned lock only means that another thread panicked: lines are added whole.
fn lock(outcomes: &Mutex<Outcomes>) -> MutexGuard<'_, Outcomes> {
    outcomes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
