//! What the build needs beside cargo: the JavaScript around the page's module, the page's scripts with what they import,
//! a compressed page for the program, and a runner of tests that were compiled to wasm.
//!
//! ```text
//! glue page MODULE.wasm FOLDER    writes recasketch.js, its types and the module into the folder
//! glue join FROM TO SCRIPT... [--apart MODULE...]
//!                                 writes scripts of one window into TO, each with the modules that it imports from FROM
//!                                 or TO, but for those that stay apart
//! glue compress                   compresses standard input to standard output
//! glue test TESTS.wasm [FILTER]   runs the tests whose names contain FILTER; cargo calls it so
//! ```

mod join;

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use brotli::enc::BrotliEncoderParams;
use wasm_bindgen_cli_support::Bindgen;

type Failure = Box<dyn std::error::Error>;

/// Node.js runs it over the tests.
const RUN: &str = include_str!("run.cjs");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["page", module, folder] => page(module.as_ref(), folder.as_ref()),
        ["join", from, to, ref scripts @ ..] => join(from.as_ref(), to.as_ref(), scripts),
        ["compress"] => compress(),
        ["test", tests] => test(tests.as_ref(), ""),
        ["test", tests, filter] if !filter.starts_with('-') => test(tests.as_ref(), filter),
        _ => {
            Err("expected `page`, `join`, `compress` or `test`, as tools/glue/src/main.rs says"
                .into())
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("glue: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the module that a page loads.
fn page(module: &Path, folder: &Path) -> Result<ExitCode, Failure> {
    Bindgen::new()
        .input_path(module)
        .out_name("recasketch")
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes scripts of one window with what they import.
fn join(from: &Path, to: &Path, words: &[&str]) -> Result<ExitCode, Failure> {
    let (scripts, apart) = match words.iter().position(|&word| word == "--apart") {
        Some(at) => (&words[..at], &words[at + 1..]),
        None => (words, &[][..]),
    };
    let sources = join::Sources { folders: &[from, to], apart };
    for (name, text) in join::scripts(&sources, scripts)? {
        std::fs::write(to.join(name), text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Compresses with a window that holds both modules, which are nearly the same.
fn compress() -> Result<ExitCode, Failure> {
    let options = BrotliEncoderParams { quality: 9, lgwin: 24, ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut io::stdin().lock(), &mut io::stdout().lock(), &options)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs the tests of a module in Node.js, in the folder that cargo runs them in.
fn test(tests: &Path, filter: &str) -> Result<ExitCode, Failure> {
    // Tests are exports with this prefix. A family of the program has none, and then nothing to be bound either.
    let module = std::fs::read(tests)?;
    if !module.windows(7).any(|text| text == b"__wbgt_") {
        println!("no tests in wasm");
        return Ok(ExitCode::SUCCESS);
    }
    let folder = Folder::beside(tests)?;
    // The tests are exports, which only `export_wasm` leaves reachable.
    Bindgen::new()
        .input_bytes("tests", module)
        .out_name("tests")
        .nodejs(true)?
        .debug(true)
        .export_wasm(true)
        .emit_start(false)
        .generate(&folder.0)?;
    let run = folder.0.join("run.cjs");
    std::fs::write(&run, RUN)?;
    let status = Command::new("node").arg(&run).arg(filter).status();
    let status = status.map_err(|error| format!("Node.js does not start: {error}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A folder that goes with the run.
struct Folder(PathBuf);

impl Folder {
    /// Makes a folder of this process beside a file.
    fn beside(file: &Path) -> Result<Folder, Failure> {
        let folder = file.with_extension(format!("{}.run", std::process::id()));
        std::fs::create_dir(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays of it disturbs nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
