//! Waiting for what another thread or process does.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::time::{Duration, Instant};

/// Longer than anything takes on the slowest machine: a test that waits for so long has failed.
pub const TOO_LONG: Duration = Duration::from_secs(600);

/// Waits until a condition holds.
pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < TOO_LONG, "waited in vain: {what}");
        std::thread::sleep(Duration::from_micros(500));
    }
}
