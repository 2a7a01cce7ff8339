//! Reads the API's lists page by page, until their end or the limit.

use serde_json::Value;

use super::client::{Client, Fault};
use super::listing::{Listing, Page};
use super::query::Address;
use super::record::Candidate;
use super::worker_pool::WorkerPool;
use crate::error::{Details, Error, Result};
use crate::util::http;

/// A search shows about 10,000 models and no more. A search that ends near this number was probably cut off.
const CUT: usize = 9_900;

/// Continues a list where it stopped, and calls `more` after each page.
///
/// # Errors
/// [`Error::Download`] where the API refuses, or fails too often.
pub(super) fn resume(
    worker_pool: &WorkerPool<'_>,
    listing: &mut Listing,
    more: &mut dyn FnMut(&Listing),
) -> Result<()> {
    let Some(address) = listing.head.query.address(listing.head.age_restricted) else {
        return Ok(());
    };
    let asked = listing.pages();
    while !listing.is_full() && !worker_pool.is_stopped() {
        let Some(cursor) = listing.next() else { break };
        let mut page = ask(worker_pool, &address, cursor.map(str::to_owned))?;
        if let Some(warning) = ending(listing, &page) {
            if !warning.is_empty() {
                worker_pool.progress.say(&format!("{}: {warning}", address.path));
            }
            page.next = None;
        }
        listing.add(page)?;
        more(listing);
    }
    let cut = address.path == "/v3/search" && listing.models().count() >= CUT;
    if cut && listing.pages() > asked && listing.next().is_none() {
        worker_pool.progress.say(
            "Sketchfab's search shows about 10,000 models at most, and this one reached that; divide \
             it by category, tag or licence, and crawl the parts into the same folder",
        );
    }
    Ok(())
}

/// Returns a warning where a page has to be the last one although it names a next page. The warning is empty where
/// the end is expected.
fn ending(listing: &Listing, page: &Page) -> Option<&'static str> {
    if listing.is_idle(page) {
        return Some("the list brings no new models; the crawl treats this as its end");
    }
    let again = |next: &String| listing.knows(next) || page.cursor.as_ref() == Some(next);
    if page.next.as_ref().is_some_and(again) {
        return Some("the list repeats a cursor; the crawl treats this as its end");
    }
    // The following pages have even fewer likes.
    listing.head.query.ends_with(&page.found).then_some("")
}

/// Requests one page until it comes.
fn ask(worker_pool: &WorkerPool<'_>, address: &Address, cursor: Option<String>) -> Result<Page> {
    let mut parameters = address.parameters.clone();
    parameters.extend(cursor.iter().map(|cursor| ("cursor", cursor.clone())));
    let mut attempts = 0;
    loop {
        let reason = match request(worker_pool.client, &address.path, &parameters) {
            Ok(page) => return Ok(Page { cursor, ..page }),
            Err(Fault::Host(reason)) => reason,
            Err(Fault::Passing(reason)) => {
                attempts += 1;
                reason
            }
            Err(Fault::Gone(reason) | Fault::Final(reason)) => {
                return Err(refused(address, &reason));
            }
            Err(Fault::Stop(error)) => return Err(error),
        };
        if attempts >= worker_pool.retry_policy.attempts || worker_pool.is_stopped() {
            return Err(gave_up(address, attempts, &reason));
        }
        let pause = worker_pool.pause(attempts);
        worker_pool
            .progress
            .note(&format!("{reason}; the next attempt is in {:.1} s", pause.as_secs_f64()));
        std::thread::sleep(pause);
    }
}

fn request(
    client: &Client,
    path: &str,
    parameters: &[(&str, String)],
) -> std::result::Result<Page, Fault> {
    page(&client.json(path, parameters)?)
}

/// Reads the API's answer as a page of a list.
pub(super) fn page(answer: &Value) -> std::result::Result<Page, Fault> {
    let changed =
        |what| Fault::Passing(format!("the API's list has {what}; its form may have changed"));
    let rows = answer["results"].as_array().ok_or_else(|| changed("no `results`"))?;
    let found: Vec<Candidate> = rows.iter().filter_map(Candidate::read).collect();
    if found.is_empty() && !rows.is_empty() {
        return Err(changed("no row that names a model"));
    }
    let unreadable = rows.len() - found.len();
    Ok(Page { next: next(answer), found, unreadable, ..Page::default() })
}

/// Returns the next page's cursor. Only the API can interpret it: it is a number in a search and text in other lists.
fn next(answer: &Value) -> Option<String> {
    let address = answer.get("next");
    if address.is_some_and(Value::is_null) {
        return None;
    }
    let text = |cursor: &Value| match cursor {
        Value::String(cursor) => Some(cursor.clone()),
        Value::Number(cursor) => Some(cursor.to_string()),
        _ => None,
    };
    let in_address = || {
        let (_, parameters) = address?.as_str()?.split_once('?')?;
        let mut pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
        let (_, cursor) = pairs.find(|(name, _)| *name == "cursor")?;
        http::percent_decoded(cursor)
    };
    text(&answer["cursors"]["next"]).or_else(in_address).filter(|cursor| !cursor.is_empty())
}

fn refused(address: &Address, reason: &str) -> Error {
    Error::Download(Details::plain(
        format!("the list {} is refused ({reason})", address.path),
        "check the words, names and slugs that you asked for",
    ))
}

fn gave_up(address: &Address, attempts: u32, reason: &str) -> Error {
    Error::Download(Details::plain(
        format!("the next page of {} did not come in {attempts} attempts ({reason})", address.path),
        "run the same command again later; it continues where it stopped",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cursors_are_found_in_each_of_their_forms() {
        let at = "https://api.sketchfab.com/v3/models?count=24&cursor=bz0y%3D&q=robot";
        let cursor = |answer: Value| next(&answer);
        assert_eq!(cursor(json!({"next": at, "cursors": {"next": "24"}})).as_deref(), Some("24"));
        assert_eq!(cursor(json!({"next": at, "cursors": {"next": 24}})).as_deref(), Some("24"));
        assert_eq!(cursor(json!({"next": at})).as_deref(), Some("bz0y="));
        assert_eq!(cursor(json!({"cursors": {"next": "24"}})).as_deref(), Some("24"));
        for end in [
            json!({"next": null, "cursors": {"next": "24"}}),
            json!({"next": null, "cursors": {"next": null, "previous": "0"}}),
            json!({"next": "https://api.sketchfab.com/v3/models?page=2"}),
            json!({}),
        ] {
            assert_eq!(next(&end), None, "{end}");
        }
    }
}
