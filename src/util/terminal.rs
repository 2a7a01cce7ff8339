//! Text that is safe for a terminal.

/// Removes control characters, because names come from other people and such characters could control the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}
