//! The readers of untrusted input. Each function reads bytes, uses what was read, and checks that its invariants hold.
//! `cargo fuzz` calls the functions through `fuzz_targets/`, and `tests/fuzz/main.rs` calls them with the seeds.

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

/// Reads bytes, and returns whether they were accepted.
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

/// The message of the last panic. Panics that the crate catches are not printed.
static SAID: Mutex<String> = Mutex::new(String::new());

/// Sets a panic hook that does not end the fuzzer, because the crate may catch the panic.
pub fn prepare() {
    std::panic::set_hook(Box::new(|panic| {
        let said = format!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        *SAID.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }));
}

/// The message and the backtrace of the last panic.
pub fn said() -> String {
    SAID.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Calls a target. A panic that the crate does not catch is a finding.
pub fn run(target: Target, data: &[u8]) {
    if std::panic::catch_unwind(|| target(data)).is_err() {
        eprintln!("{}", said());
        std::process::abort();
    }
}
