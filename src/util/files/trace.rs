//! A hook for tests: it records the order in which files are written, and can stop the program at a step as a kill
//! does.

use std::io::Result;
use std::path::Path;

/// Called before each step: `make`, `write`, `rename`, `sync`, `remove` or `note`.
#[cfg(not(test))]
#[inline]
pub(super) fn step(_: &str, _: &Path) -> Result<()> {
    Ok(())
}

/// Environment variables name the folder whose steps are counted, the file to record them in, and the step to stop at.
#[cfg(test)]
pub(super) fn step(what: &str, path: &Path) -> Result<()> {
    use std::io::Write;
    use std::sync::atomic::{AtomicUsize, Ordering};

    static STEPS: AtomicUsize = AtomicUsize::new(0);

    let Some(watched) = std::env::var_os("RECASKETCH_TEST_WATCHED") else { return Ok(()) };
    let Ok(inside) = path.strip_prefix(&watched) else { return Ok(()) };
    let number = STEPS.fetch_add(1, Ordering::SeqCst);
    if let Some(log) = std::env::var_os("RECASKETCH_TEST_STEPS") {
        let mut log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        // One call for each line, so that lines of several threads do not mix.
        log.write_all(format!("{what} {}\n", inside.display()).as_bytes())?;
    }
    let last = std::env::var("RECASKETCH_TEST_LAST_STEP").ok().and_then(|last| last.parse().ok());
    if last == Some(number) {
        std::process::abort();
    }
    Ok(())
}
