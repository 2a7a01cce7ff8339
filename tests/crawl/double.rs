//! A double of Sketchfab's API: lists with both kinds of cursors, a model's own address, thumbnails, and
//! any fault that a test asks for. Built from the official definitions, which `definitions.rs` holds it
//! against.

#![allow(unreachable_pub)]

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::faults::Fault;
use crate::models::{Made, slug};
use crate::server::{Reply, Request, Server};

/// The most models of a page.
const PAGE: usize = 24;

/// A search shows no more.
const SEARCH_ENDS: usize = 10_000;

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A page of a list, which starts at this row.
    Page(usize),
    Detail(String),
    Thumbnail(String),
    Nothing,
}

pub struct Double {
    pub models: Arc<Mutex<Vec<Made>>>,
    server: Server,
}

impl Double {
    pub fn of(models: Vec<Made>) -> Double {
        Double::with(models, |_, _| None)
    }

    pub fn with(
        models: Vec<Made>,
        faults: impl Fn(&Asked, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Double {
        Double::on(TcpListener::bind("127.0.0.1:0").unwrap(), models, faults)
    }

    pub fn on(
        listener: TcpListener,
        models: Vec<Made>,
        faults: impl Fn(&Asked, usize) -> Option<Fault> + Send + Sync + 'static,
    ) -> Double {
        let models = Arc::new(Mutex::new(models));
        let media = format!("http://{}", listener.local_addr().unwrap());
        let (known, before) = (models.clone(), Mutex::new(HashMap::new()));
        let server = Server::on(listener, move |_, request| {
            let asked = asked(request.target());
            let often = {
                let mut before = before.lock().unwrap();
                let often: &mut usize = before.entry(request.target().to_owned()).or_default();
                *often += 1;
                *often - 1
            };
            let reply = answer(&known.lock().unwrap(), request, &media);
            match faults(&asked, often) {
                Some(fault) => fault.befall(reply, request, &media),
                None => Some(reply),
            }
        });
        Double { models, server }
    }

    /// The base address, by which alone it differs from the real one.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// How often pages, models' own addresses and thumbnails were asked for.
    pub fn counts(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for request in self.requests() {
            match asked(request.target()) {
                Asked::Page(_) => counts[0] += 1,
                Asked::Detail(_) => counts[1] += 1,
                Asked::Thumbnail(_) => counts[2] += 1,
                Asked::Nothing => panic!("nobody has {}", request.target()),
            }
        }
        counts
    }

    /// Changes the models.
    pub fn change(&self, change: impl FnOnce(&mut Vec<Made>)) {
        change(&mut self.models.lock().unwrap());
    }
}

fn parts(target: &str) -> (Vec<&str>, Vec<(&str, String)>) {
    let (path, parameters) = target.split_once('?').unwrap_or((target, ""));
    let pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
    let path = path.trim_matches('/').split('/').collect();
    (path, pairs.map(|(name, value)| (name, decoded(value))).collect())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

pub fn asked(target: &str) -> Asked {
    let (path, parameters) = parts(target);
    match path[..] {
        ["v3", "models", uid] => Asked::Detail(uid.to_owned()),
        ["v3", "models" | "search"] | ["v3", "collections", _, "models"] => {
            Asked::Page(start(&parameters))
        }
        ["models", uid, "thumbnails", ..] => Asked::Thumbnail(uid.to_owned()),
        _ => Asked::Nothing,
    }
}

fn answer(models: &[Made], request: &Request, media: &str) -> Reply {
    let (path, parameters) = parts(request.target());
    let there = |uid: &str| models.iter().find(|model| model.uid == uid && !model.gone);
    match path[..] {
        ["v3", "models", uid] => match there(uid) {
            Some(model) => json_reply("200 OK", &model.detail(media)),
            None => not_found(),
        },
        ["v3", "models"] => list(models, &parameters, media, base64, usize::MAX),
        ["v3", "search"] if get(&parameters, "type") == Some("models") => {
            list(models, &parameters, media, |offset| offset.to_string(), SEARCH_ENDS)
        }
        ["v3", "collections", uid, "models"] => {
            let within = |model: &&Made| model.collections.iter().any(|name| name == uid);
            let models: Vec<Made> = models.iter().filter(within).cloned().collect();
            list(&models, &parameters, media, base64, usize::MAX)
        }
        ["models", uid, "thumbnails", ..] => {
            let bytes = there(uid).and_then(|model| model.thumbnail(request.target()));
            let headers = [("Content-Type", "image/jpeg")];
            bytes.map_or_else(not_found, |bytes| Reply::new("200 OK", &headers, &bytes))
        }
        _ => not_found(),
    }
}

pub fn json_reply(status: &str, body: &Value) -> Reply {
    Reply::new(status, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

fn not_found() -> Reply {
    json_reply("404 Not Found", &json!({"detail": "Not found."}))
}

fn get<'a>(parameters: &'a [(&str, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
}

/// A page of a list, whose cursors only the double can read.
fn list(
    models: &[Made],
    parameters: &[(&str, String)],
    media: &str,
    cursor: impl Fn(usize) -> String,
    ends: usize,
) -> Reply {
    if let Some(unknown) = parameters
        .iter()
        .find(|(name, value)| *name == "licenses" && !["by", "by-nc", "cc0"].contains(&&**value))
    {
        let sentence = format!("{} is not one of the available choices.", unknown.1);
        return json_reply("400 Bad Request", &json!({"licenses": [sentence]}));
    }
    let mut found: Vec<&Made> =
        models.iter().filter(|model| !model.gone && fits(model, parameters)).collect();
    if get(parameters, "sort_by") == Some("-likeCount") {
        found.sort_by_key(|model| std::cmp::Reverse(model.likes));
    }
    found.truncate(ends);
    let count = get(parameters, "count").and_then(|count| count.parse().ok());
    let (start, count) = (start(parameters), count.unwrap_or(PAGE).min(PAGE));
    let end = (start + count).min(found.len());
    let at = |offset: usize| {
        let kept = parameters.iter().filter(|(name, _)| *name != "cursor");
        let kept: Vec<String> = kept.map(|(name, value)| format!("{name}={value}")).collect();
        format!("{media}/v3/list?{}&cursor={}", kept.join("&"), cursor(offset).replace('=', "%3D"))
    };
    let next = (end < found.len()).then_some(end);
    let previous = (start > 0).then(|| start.saturating_sub(count));
    let results: Vec<Value> =
        found[start.min(end)..end].iter().map(|model| model.record(media)).collect();
    json_reply(
        "200 OK",
        &json!({
            "results": results, "next": next.map(at), "previous": previous.map(at),
            "cursors": {"next": next.map(&cursor), "previous": previous.map(&cursor)},
        }),
    )
}

fn fits(model: &Made, parameters: &[(&str, String)]) -> bool {
    let all = |name: &str| -> Vec<&str> {
        let named = parameters.iter().filter(|(known, _)| *known == name);
        named.map(|(_, value)| &**value).collect()
    };
    let is = |name: &str| get(parameters, name) == Some("true");
    let any = |wanted: Vec<&str>, has: &dyn Fn(&str) -> bool| {
        wanted.is_empty() || wanted.iter().any(|w| has(w))
    };
    let text = format!("{} {}", model.name, model.tags.join(" ")).to_lowercase();
    get(parameters, "q")
        .is_none_or(|words| words.split(' ').all(|word| text.contains(&word.to_lowercase())))
        && get(parameters, "user").is_none_or(|user| user == model.user)
        && any(all("tags"), &|tag| model.tags.iter().any(|own| slug(own) == tag))
        && any(all("categories"), &|wanted| slug(model.category) == wanted)
        && any(all("licenses"), &|wanted| model.licence.is_some_and(|(own, _)| own == wanted))
        && (!is("downloadable") || model.downloadable)
        && (!is("staffpicked") || model.staff_picked)
}

/// The row that a cursor of either kind stands for.
fn start(parameters: &[(&str, String)]) -> usize {
    let Some(cursor) = get(parameters, "cursor") else { return 0 };
    cursor.parse().unwrap_or_else(|_| {
        (0..20_000)
            .step_by(PAGE)
            .find(|&offset| base64(offset) == cursor)
            .expect("a cursor of the double's")
    })
}

/// `o=24` as the API writes it.
pub fn base64(offset: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = format!("o={offset}");
    let mut encoded = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits =
            (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(*three.get(at).unwrap_or(&0)));
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63] as char;
            encoded.push(if at <= three.len() { letter } else { '=' });
        }
    }
    encoded
}
