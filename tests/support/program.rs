//! The owner's program, run as an owner runs it.

#![allow(dead_code, unreachable_pub)] // each family of tests uses its own part

use std::process::{Command, Output};

pub fn recasketch(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_recasketch")).args(arguments).output().unwrap()
}

/// Runs a verb that must succeed and gives what it printed, and what it said on the side.
pub fn succeeds(arguments: &[&str]) -> [String; 2] {
    let output = recasketch(arguments);
    let [printed, said] = [&output.stdout, &output.stderr].map(|bytes| text(bytes));
    assert!(output.status.success(), "{arguments:?}: {said}");
    [printed, said]
}

/// Runs a verb that must fail with exit code 1 and gives its sentence.
pub fn fails(arguments: &[&str]) -> String {
    let output = recasketch(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stderr)
}

/// Exit code, output and errors of a program.
pub fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), text(&stdout), text(&stderr))
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
