//! Answers requests: the rules of HTTP that the file service does not implement.

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_RANGE, LAST_MODIFIED, LOCATION, RANGE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tower_http::services::ServeDir;
use tower_http::services::fs::DefaultServeDirFallback;

use super::cache::Encoding;
use super::folder::{Folder, is_hidden};
use crate::util::http;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// Answers a request. It never fails: an error is an answer too.
pub(super) async fn answer<B>(
    folder: Folder,
    request: Request<B>,
) -> Result<Response<Body>, Infallible> {
    let path = requested(request.uri().path());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = match &path {
        None if is_read => status(StatusCode::NOT_FOUND),
        _ => file(folder, request.map(|_| Empty::new()), path.as_deref()).await,
    };
    Ok(finished(response, path.as_deref()))
}

/// Returns the path within the folder of a request's path; `None` where it cannot be a file for visitors.
fn requested(path: &str) -> Option<PathBuf> {
    let path = http::percent_decoded(path)?;
    let is_sound = !path.contains(|character: char| character == '\\' || character.is_control());
    let path = PathBuf::from(path.trim_start_matches('/'));
    (is_sound && !is_hidden(&path)).then_some(path)
}

async fn file(
    folder: Folder,
    mut request: Request<Empty<Bytes>>,
    path: Option<&Path>,
) -> Response<Body> {
    remove_unusable_range(&mut request);
    // The answer for a folder is its index.html.
    let is_folder = request.uri().path().ends_with('/');
    let is_compressible = is_folder || path.is_some_and(Encoding::suits);
    let is_whole = !request.headers().contains_key(RANGE);
    let root = folder.root().to_owned();
    let mut service = if is_compressible && is_whole {
        let folder = folder.with_compressed();
        ServeDir::with_backend(root, folder).precompressed_br().precompressed_gzip()
    } else {
        ServeDir::with_backend(root, folder)
    };
    if let Some(validator) = request.headers_mut().remove(IF_RANGE) {
        let mut asked = Request::new(Empty::<Bytes>::new());
        *asked.method_mut() = Method::HEAD;
        *asked.uri_mut() = request.uri().clone();
        let current = respond(&mut service, asked).await;
        if !is_current(&validator, current.headers()) {
            request.headers_mut().remove(RANGE);
        }
    }
    let mut response = respond(&mut service, request.clone()).await;
    // Where the last N bytes of a file with fewer than N are requested, the whole file is sent.
    if response.status() == StatusCode::RANGE_NOT_SATISFIABLE && ends_with_file(&request) {
        request.headers_mut().remove(RANGE);
        response = respond(&mut service, request).await;
    }
    if is_compressible {
        // This holds for ranges too, although they are never compressed.
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

/// Removes a range unless it is a single range of bytes in a GET request. HTTP requires others to be ignored.
fn remove_unusable_range(request: &mut Request<Empty<Bytes>>) {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_one =
        range(request).and_then(|range| range.split_once('-')).is_some_and(|(first, last)| {
            is_number(first) && is_number(last) && !(first.is_empty() && last.is_empty())
        });
    if !is_one || request.method() != Method::GET {
        request.headers_mut().remove(RANGE);
        request.headers_mut().remove(IF_RANGE);
    }
}

/// Returns the range of bytes that is requested, such as `0-99`, `100-`, or `-100` for the last hundred.
fn range(request: &Request<Empty<Bytes>>) -> Option<&str> {
    request.headers().get(RANGE)?.to_str().ok()?.strip_prefix("bytes=").map(str::trim)
}

fn ends_with_file(request: &Request<Empty<Bytes>>) -> bool {
    let last = range(request).and_then(|range| range.strip_prefix('-'));
    last.is_some_and(|last| last.bytes().any(|digit| digit != b'0'))
}

/// Returns whether the version that a visitor has a part of is the current one.
fn is_current(validator: &HeaderValue, current: &HeaderMap) -> bool {
    let name = if validator.as_bytes().ends_with(b"\"") { ETAG } else { LAST_MODIFIED };
    current.get(name) == Some(validator)
}

async fn respond(
    service: &mut ServeDir<DefaultServeDirFallback, Folder>,
    request: Request<Empty<Bytes>>,
) -> Response<Body> {
    match service.try_call(request).await {
        Ok(response) => response.map(BodyExt::boxed_unsync),
        Err(error) if error.kind() == io::ErrorKind::NotFound => status(StatusCode::NOT_FOUND),
        Err(_) => status(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Empty::new().map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    response
}

/// Adds the headers that every answer has, and a message to the answers without a file.
fn finished(mut response: Response<Body>, path: Option<&Path>) -> Response<Body> {
    if response.status() == StatusCode::TEMPORARY_REDIRECT {
        redirect_to_folder(&mut response);
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        response = refusal(response);
    }
    let headers = response.headers_mut();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("text/") && !kind.contains("charset") {
        let kind = HeaderValue::try_from(format!("{kind}; charset=utf-8"));
        kind.into_iter().for_each(|kind| drop(headers.insert(CONTENT_TYPE, kind)));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let keeping = if is_file && path.is_some_and(is_named_by_content) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(keeping));
    response
}

/// Makes the redirect to a folder's address, which ends with a slash, a permanent one.
fn redirect_to_folder(response: &mut Response<Body>) {
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    // After two slashes a browser expects the name of another host.
    let within = location.filter(|to| to.starts_with("//"));
    let within = within.map(|to| HeaderValue::try_from(format!("/{}", to.trim_start_matches('/'))));
    if let Some(Ok(location)) = within {
        response.headers_mut().insert(LOCATION, location);
    }
}

fn refusal(response: Response<Body>) -> Response<Body> {
    let sentence = match response.status() {
        StatusCode::NOT_FOUND => "There is no such file here.\n",
        StatusCode::METHOD_NOT_ALLOWED => "This server only reads files: use GET or HEAD.\n",
        StatusCode::RANGE_NOT_SATISFIABLE => "This file has no such part.\n",
        StatusCode::PRECONDITION_FAILED => "This file has changed.\n",
        _ => "This file cannot be read.\n",
    };
    let (mut parts, _) = response.into_parts();
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LAST_MODIFIED] {
        parts.headers.remove(name);
    }
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    let body = Full::from(sentence).map_err(|never| match never {});
    Response::from_parts(parts, body.boxed_unsync())
}

/// Returns whether a file, or a folder that it lies in, is named by its content: `embeddings-0123456789abcdef.bin`.
fn is_named_by_content(path: &Path) -> bool {
    let digits = |name: &str| {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let digest = stem.rsplit_once('-').map_or(stem, |(_, digest)| digest);
        digest.len() == 16 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    path.iter().filter_map(|name| name.to_str()).any(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_reaches_files_outside_or_hidden_files() {
        for (address, path) in [
            ("/", ""),
            ("/a%20b.txt", "a b.txt"),
            ("//etc/passwd", "etc/passwd"),
            ("/models/", "models/"),
            ("/.well-known/security.txt", ".well-known/security.txt"),
            ("/a..b", "a..b"),
        ] {
            assert_eq!(requested(address), Some(PathBuf::from(path)), "{address}");
        }
        for address in [
            "/../secret",
            "/a/../../secret",
            "/%2e%2e/secret",
            "/%2E%2e%2fsecret",
            "/a/.git/config",
            "/%2egit/config",
            "/.",
            "/...",
            "/a%00",
            "/a%0a",
            "/a%5c..%5csecret",
            "/a\\b",
            "/%zz",
            "/%f",
            "/%ff",
        ] {
            assert_eq!(requested(address), None, "{address}");
        }
    }

    #[test]
    fn names_of_content_are_recognised() {
        for name in [
            "embeddings-0123456789abcdef.bin",
            "page-0123456789abcdef/app.js",
            "a/b-0123456789abcdef.tar.gz",
            "thumbnails/0123456789abcdef.jpg",
        ] {
            assert!(is_named_by_content(Path::new(name)), "{name}");
        }
        for name in [
            "index.html",
            "embeddings-0123456789abcde.bin",
            "embeddings-0123456789ABCDEF.bin",
            "thumbnails/0123456789abcdef0123456789abcdef.jpg",
        ] {
            assert!(!is_named_by_content(Path::new(name)), "{name}");
        }
    }
}
