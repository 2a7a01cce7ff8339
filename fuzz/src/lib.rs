//! What is done with bytes from outside: each function reads them, goes on to use what was read, and holds it against
//! what must always be so. `cargo fuzz` calls these through `fuzz_targets/`, `tests/fuzz.rs` over the corpus.

#![allow(dead_code, unreachable_pub)] // the tests include this file

#[path = "../../tests/support/coded.rs"]
pub mod coded;
pub mod indexes;
mod networks;
mod owners;

use std::sync::{Mutex, PoisonError};

pub use indexes::{cell, index, link, rest};
pub use networks::{image, onnx, packed, weights};
pub use owners::{answer, catalogue, condition, list, settings};

/// Reads bytes; whether they were what they should be.
pub type Target = fn(&[u8]) -> bool;

/// All targets, by their names.
pub const TARGETS: [(&str, Target); 13] = [
    ("index", index),
    ("rest", rest),
    ("cell", cell),
    ("link", link),
    ("packed", packed),
    ("onnx", onnx),
    ("weights", weights),
    ("image", image),
    ("catalogue", catalogue),
    ("list", list),
    ("answer", answer),
    ("condition", condition),
    ("settings", settings),
];

/// The last panic's words; those of panics that the crate contains are never told.
static SAID: Mutex<String> = Mutex::new(String::new());

/// Keeps panics from ending the fuzzer before it is known whether the crate contains them.
pub fn prepare() {
    std::panic::set_hook(Box::new(|panic| {
        let said = format!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }));
}

/// The last panic's words and where it was.
pub fn said() -> String {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Calls a target; a panic that comes through is a finding.
pub fn run(target: Target, data: &[u8]) {
    if std::panic::catch_unwind(|| target(data)).is_err() {
        eprintln!("{}", said());
        std::process::abort();
    }
}
