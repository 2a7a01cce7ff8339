//! Puts the page into the program: the file that `build.sh` and the published crate have.

use std::path::Path;
use std::{env, fs};

const PAGE: &str = "page.packed";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The page's own module needs no page; it would be built anew whenever it became part of one.
    if env::var_os("CARGO_FEATURE_NATIVE").is_none() {
        return;
    }
    let page = match fs::read(PAGE) {
        Ok(page) => {
            println!("cargo::rerun-if-changed={PAGE}");
            page
        }
        // A program without a page is for those who work on it. Cargo would build it again each time if it watched a
        // file that is not there, so it watches the script that makes the first one and touches itself then.
        Err(_) => {
            println!("cargo::rerun-if-changed=tools/page.sh");
            Vec::new()
        }
    };
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join(PAGE), page).expect("cargo made OUT_DIR");
}
