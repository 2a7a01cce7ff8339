//! Ctrl-C: the program says what is kept and which command goes on, and ends between two writes.
//!
//! Whatever is written is whole at any instant a kill may choose; here a person waits, so what is unfinished is
//! removed too.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What shells give a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The longest that a write is waited for.
const LONGEST: Duration = Duration::from_secs(10);

struct State {
    /// What is kept, in words; nothing where all begins again.
    kept: Option<String>,
    /// Files that are being written beside their places.
    unfinished: Option<HashSet<PathBuf>>,
}

static STATE: Mutex<State> = Mutex::new(State { kept: None, unfinished: None });

/// A poisoned lock only means that another thread panicked; paths are put in and taken out whole.
fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Listens for Ctrl-C from now on. Where that cannot be, Ctrl-C ends the program without a word.
pub(crate) fn listen() {
    let _ = ctrlc::set_handler(|| {
        std::thread::spawn(|| {
            std::thread::sleep(LONGEST);
            std::process::exit(INTERRUPTED);
        });
        // Held to the end, so that nothing is begun any more.
        let state = state();
        for path in state.unfinished.iter().flatten() {
            let _ = std::fs::remove_file(path);
        }
        let _ = writeln!(std::io::stderr(), "\n{}", sentence(state.kept.as_deref(), &command()));
        std::process::exit(INTERRUPTED);
    });
}

/// Says from now on what is kept.
pub(crate) fn keeps(kept: String) {
    state().kept = Some(kept);
}

/// Does what must not be cut in two; short, as Ctrl-C waits for it.
pub(crate) fn whole<T>(work: impl FnOnce() -> T) -> T {
    let _held = state();
    work()
}

/// A file that is being written; Ctrl-C removes it.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes a file in a folder. Ctrl-C comes before it is there or finds it.
    pub(crate) fn make(
        builder: &tempfile::Builder<'_, '_>,
        folder: &Path,
    ) -> std::io::Result<(tempfile::NamedTempFile, Unfinished)> {
        let mut state = state();
        let file = builder.tempfile_in(folder)?;
        let path = file.path().to_owned();
        state.unfinished.get_or_insert_default().insert(path.clone());
        Ok((file, Unfinished(path)))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        state().unfinished.get_or_insert_default().remove(&self.0);
    }
}

fn sentence(kept: Option<&str>, command: &str) -> String {
    match kept {
        Some(kept) => {
            format!(
                "recasketch: interrupted; {kept}. The same command goes on from there:\n{command}"
            )
        }
        None => format!(
            "recasketch: interrupted; nothing is left half-written. The same command does it again:\n{command}"
        ),
    }
}

/// The command as it was given, quoted for a shell where it must be.
fn command() -> String {
    let words = std::env::args_os().map(|word| quoted(&word.to_string_lossy()));
    words.collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_given_again_as_it_is() {
        let words = ["recasketch", "--where", "tag:a and b", "it's", "", "a/b-c_d.e=1"];
        let expected = "recasketch --where 'tag:a and b' 'it'\\''s' '' a/b-c_d.e=1";
        assert_eq!(words.map(quoted).join(" "), expected);
    }
}
