//! The program's verbs, one file for each. `merge` is in `embed` and `recall` in `eval`. The verb `network` is in
//! `weights` and the verb `site` in `site`.

pub mod bench;
pub mod crawl;
pub mod demo;
pub mod embed;
pub mod eval;
pub mod export;
pub mod recommend;
pub mod search;
pub mod serve;
