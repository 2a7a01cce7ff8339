//! What the program's owner does: a file for each verb.

pub mod bench;
pub mod crawl;
pub mod demo;
pub mod embed;
pub mod eval;
pub mod export;
pub mod recommend;
pub mod search;
pub mod serve;
