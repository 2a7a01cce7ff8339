//! The token that identifies the owner to Sketchfab's API.

use std::fmt;

/// A token of Sketchfab's API. It is never printed, not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Reads a token from the text of a file or of the environment.
    ///
    /// # Errors
    /// A message that does not repeat the text, where it cannot be a token.
    pub fn new(text: &str) -> std::result::Result<Token, String> {
        let token = text.trim();
        // A short word would be replaced everywhere in the text of servers.
        if token.len() < 8 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let length = token.chars().count();
            return Err(format!("8 or more letters and digits, found {length} characters"));
        }
        Ok(Token(token.to_owned()))
    }

    /// Returns the value of the `Authorization` header.
    pub(super) fn header(&self) -> String {
        format!("Token {}", self.0)
    }

    /// Returns a server's text with the token replaced, because a server may repeat the token.
    pub(super) fn redacted(&self, text: String) -> String {
        if text.contains(&self.0) { text.replace(&self.0, "[token]") } else { text }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_shown() {
        let token = Token::new(" 0123456789abcdef\n").unwrap();
        assert_eq!(format!("{token:?}"), "[token]");
        assert_eq!(token.redacted("a 0123456789abcdef b".to_owned()), "a [token] b");
        for wrong in ["", "short", "two words of it", "0123456789\u{e9}"] {
            let sentence = Token::new(wrong).unwrap_err();
            assert!(wrong.is_empty() || !sentence.contains(wrong), "{sentence}");
        }
    }
}
