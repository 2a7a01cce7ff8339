//! What a terminal may be shown.

/// Names come from strangers: characters that steer a terminal are left out.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}
