//! Networks before they answer: brought in, packed, proven, fetched, and found by name.

pub mod fetch;
pub mod import;
pub mod quantise;
pub mod shipped;
pub mod verify;
