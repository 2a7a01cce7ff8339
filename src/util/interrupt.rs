//! Ctrl-C: the program says what is kept and which command continues, and ends between two writes.
//!
//! Finished files are complete even after a kill. Ctrl-C removes the unfinished files as well.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// The exit code of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The longest wait for a write.
const LONGEST: Duration = Duration::from_secs(10);

struct State {
    /// A sentence about what is kept; `None` if the command starts from the beginning.
    kept: Option<String>,
    /// Temporary files that are being written.
    unfinished: Option<HashSet<PathBuf>>,
}

static STATE: Mutex<State> = Mutex::new(State { kept: None, unfinished: None });

/// Locks the state. It is right even if another thread panicked, because each change is a single call.
fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Handles Ctrl-C from now on. If the handler cannot be set, Ctrl-C ends the program without a message.
pub(crate) fn listen() {
    let _ = ctrlc::set_handler(|| {
        std::thread::spawn(|| {
            std::thread::sleep(LONGEST);
            std::process::exit(INTERRUPTED);
        });
        // Locked until the end, so that no new file is begun.
        let state = state();
        for path in state.unfinished.iter().flatten() {
            let _ = std::fs::remove_file(path);
        }
        let _ = writeln!(std::io::stderr(), "\n{}", sentence(state.kept.as_deref(), &command()));
        std::process::exit(INTERRUPTED);
    });
}

/// Sets the sentence about what is kept.
pub(crate) fn keeps(kept: String) {
    state().kept = Some(kept);
}

/// Does work that Ctrl-C must not interrupt. Ctrl-C waits for it, so it must be short.
pub(crate) fn whole<T>(work: impl FnOnce() -> T) -> T {
    let _held = state();
    work()
}

/// A file that is being written; Ctrl-C removes it.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes a file in a folder. Ctrl-C comes either before it exists or removes it.
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
                "recasketch: interrupted; {kept}. The same command continues from there:\n{command}"
            )
        }
        None => format!(
            "recasketch: interrupted; nothing is left half-written. The same command starts from the beginning:\n{command}"
        ),
    }
}

/// The command as it was given, quoted for a shell.
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
