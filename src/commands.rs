//! What the program's owner does, a file for each verb. `merge` is a part of `embed`, `recall` of `eval`; what `network` does is in
//! `weights`, what `site` does in `site`.

pub mod bench;
pub mod crawl;
pub mod demo;
pub mod embed;
pub mod eval;
pub mod export;
pub mod recommend;
pub mod search;
pub mod serve;
