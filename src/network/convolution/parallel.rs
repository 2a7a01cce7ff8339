//! Runs tasks on all cores where there are threads, and one after another in wasm.

/// Runs every task. Each writes to its own memory, so their order does not matter.
#[cfg(feature = "native")]
pub(super) fn for_each<T: Send>(tasks: Vec<T>, run: impl Fn(T) + Sync + Send) {
    use rayon::prelude::*;
    tasks.into_par_iter().for_each(run);
}

/// Runs every task.
#[cfg(not(feature = "native"))]
pub(super) fn for_each<T>(tasks: Vec<T>, run: impl Fn(T)) {
    tasks.into_iter().for_each(run);
}
