//! Everything that can go wrong with an answer.

#![allow(unreachable_pub)]

use std::time::Duration;

use serde_json::Value;

use crate::server::{Reply, Request};

#[derive(Clone, Debug)]
pub enum Fault {
    /// A status with headers, in place of the answer.
    Status(&'static str, Vec<(&'static str, String)>),
    /// A page of HTML with a status.
    Html(&'static str),
    /// Fewer bytes than `Content-Length` promises.
    Short(usize),
    /// More bytes than `Content-Length` promises.
    Long,
    /// Whole for HTTP, and cut before it was sent.
    Truncated(usize),
    /// The connection closes before the answer.
    Reset,
    /// Something that is no HTTP.
    Noise,
    /// The answer comes drop by drop.
    Slow(Duration),
    /// The answer stops on its way.
    Stall,
    /// One redirect leads to the next.
    Circle,
    /// A redirect to this address.
    Redirect(String),
    /// Other bytes in place of the body.
    Body(Vec<u8>),
    /// The JSON of the answer, changed.
    Changed(fn(&mut Value)),
    /// Says what was asked, with its headers, as some servers do in their errors.
    Echo(&'static str),
}

impl Fault {
    pub fn befall(self, reply: Reply, request: &Request, base: &str) -> Option<Reply> {
        let body = reply.body.clone();
        Some(match self {
            Fault::Status(status, headers) => {
                let headers: Vec<(&str, &str)> =
                    headers.iter().map(|(name, value)| (*name, &**value)).collect();
                let body = br#"{"detail": "Request was throttled."}"#;
                Reply::new(status, &headers, body)
            }
            Fault::Html(status) => Reply::new(
                status,
                &[("Content-Type", "text/html")],
                b"<!DOCTYPE html><title>Sign in</title>",
            ),
            Fault::Short(bytes) => reply.cut(bytes),
            Fault::Long => {
                let mut longer = Reply::new("200 OK", &[], &body[..body.len() / 2]);
                longer.body = body;
                longer
            }
            Fault::Truncated(bytes) => Reply::new("200 OK", &[], &body[..bytes.min(body.len())]),
            Fault::Reset => return None,
            Fault::Noise => Reply { head: String::new(), body: b"SSH-2.0\r\n".to_vec(), ..reply },
            Fault::Slow(pause) => reply.dripping(pause),
            Fault::Stall => reply.stalling(body.len() / 2),
            Fault::Circle => Reply::new(
                "302 Found",
                &[("Location", &format!("{base}{}", request.target()))],
                b"",
            ),
            Fault::Redirect(address) => Reply::new("302 Found", &[("Location", &address)], b""),
            Fault::Body(bytes) => Reply::new("200 OK", &[], &bytes),
            Fault::Changed(change) => {
                let mut value: Value = serde_json::from_slice(&body).unwrap();
                change(&mut value);
                Reply::new("200 OK", &[], value.to_string().as_bytes())
            }
            Fault::Echo(status) => {
                let detail = serde_json::json!({"detail": format!("you sent {}", request.0)});
                Reply::new(status, &[], detail.to_string().as_bytes())
            }
        })
    }
}
