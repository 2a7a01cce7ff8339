//! Helpers that all modules of the program use.

pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod interrupt;
pub(crate) mod options;
pub(crate) mod progress;
pub(crate) mod terminal;
