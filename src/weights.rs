//! How networks are fetched, imported, quantised, verified, and found by name.

pub mod fetch;
pub mod import;
pub(crate) mod photographs;
pub mod quantise;
pub mod shipped;
pub mod verify;
