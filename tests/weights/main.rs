//! Weights: brought in from other tools' files, quantised, and verified.

#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/golden.rs"]
mod golden;
mod import;
mod quantise;
mod refused;
#[path = "../support/seeded.rs"]
mod seeded;
#[path = "../support/mod.rs"]
mod support;
mod verify;
