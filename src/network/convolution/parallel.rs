//! Tasks on all cores where there are threads, one after another where there are none.

/// Runs every task; each writes to a place of its own, so their order cannot be seen.
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
