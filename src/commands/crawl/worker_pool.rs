//! Several threads that download the models of the lists: the model's record where it is needed, and its thumbnail.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::client::{Client, Fault};
use super::listing::Head;
use super::outcomes::{End, Outcomes, Thumbnail};
use super::picture::{self, Picture};
use super::queue::Queue;
use super::rate_limiter::LONGEST_PAUSE;
use super::record::{Candidate, is_sketchfabs};
use super::{RetryPolicy, THUMBNAILS};
use crate::error::{Error, Result};
use crate::util::progress::Progress;
use crate::util::{files, http};

/// The file name endings of thumbnails that [`WorkerPool::keep`] writes.
const ENDINGS: [&str; 5] = ["jpg", "png", "webp", "gif", "bmp"];

/// The work for one model.
pub(super) struct Job {
    head: Arc<Head>,
    model: Candidate,
    /// Whether to request the model's record first.
    ask: bool,
    /// Whether to request nothing but the record, to learn whether the model still exists.
    only_ask: bool,
    attempts: u32,
}

/// The state that the threads share.
pub(super) struct WorkerPool<'a> {
    pub(super) client: &'a Client,
    pub(super) retry_policy: RetryPolicy,
    pub(super) progress: &'a Progress,
    out: &'a Path,
    outcomes: &'a Mutex<Outcomes>,
    queue: Queue<Job>,
    stopped: Mutex<Option<Error>>,
}

impl<'a> WorkerPool<'a> {
    pub(super) fn new(
        client: &'a Client,
        retry_policy: RetryPolicy,
        progress: &'a Progress,
        out: &'a Path,
        outcomes: &'a Mutex<Outcomes>,
    ) -> WorkerPool<'a> {
        let (queue, stopped) = (Queue::new(), Mutex::new(None));
        WorkerPool { client, retry_policy, progress, out, outcomes, queue, stopped }
    }

    /// Runs `list`, which adds work, and at the same time `threads` threads, until all work is done.
    ///
    /// # Errors
    /// The error that stopped the crawl. The work done before is kept.
    pub(super) fn work(
        &self,
        threads: usize,
        list: impl FnOnce(&WorkerPool<'_>) -> Result<()>,
    ) -> Result<()> {
        let listed = std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.run_jobs());
            }
            let listed = list(self);
            self.queue.close();
            listed
        });
        let stopped = self.stopped.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        stopped.map_or(listed, Err)
    }

    /// Returns whether an error stopped the crawl.
    pub(super) fn is_stopped(&self) -> bool {
        self.queue.is_stopped()
    }

    /// Returns the pause after this number of failures.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        http::pause(self.retry_policy.pause, LONGEST_PAUSE, failures)
    }

    /// Adds the work that is left to do for a model of a list, if there is any.
    pub(super) fn want(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        let ask = !listed.whole && !outcomes.is_fresh(listed.uid());
        let model = outcomes.best(listed);
        let kept = match outcomes.end_of(listed.uid()) {
            Some(End::Gone(_) | End::Failed(_)) => return,
            Some(End::Kept(thumbnail)) => is_there(self.out, thumbnail),
            None => false,
        };
        let skipped = head.query.skips(model, head.age_restricted).is_some();
        if ask || !(kept || skipped || model.picture.is_none()) {
            let (head, model) = (head.clone(), model.clone());
            self.push(Job { head, model, ask, only_ask: false, attempts: 0 });
        }
    }

    /// Adds a model to the work again if it failed.
    pub(super) fn retry(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        if let Some(End::Failed(_)) = outcomes.end_of(listed.uid()) {
            let ask = !listed.whole && !outcomes.is_fresh(listed.uid());
            let model = outcomes.best(listed).clone();
            self.push(Job { head: head.clone(), model, ask, only_ask: false, attempts: 0 });
        }
    }

    /// Adds the request whether a model still exists, unless this is already known.
    pub(super) fn confirm(&self, head: &Arc<Head>, listed: &Candidate) {
        let outcomes = self.outcomes();
        let known = outcomes.is_fresh(listed.uid())
            || matches!(outcomes.end_of(listed.uid()), Some(End::Gone(_)));
        if !known && is_sketchfabs(listed.uid()) {
            let model = listed.clone();
            self.push(Job { head: head.clone(), model, ask: true, only_ask: true, attempts: 0 });
        }
    }

    fn push(&self, job: Job) {
        self.progress.grow(1);
        self.queue.push(job);
    }

    fn run_jobs(&self) {
        while let Some((mut job, _turn)) = self.queue.take() {
            let done = match self.perform(&mut job) {
                Ok(()) => Ok(None),
                Err(fault) => self.handle(&mut job, fault),
            };
            match done {
                Ok(Some(wait)) => self.queue.put_back(job, wait),
                Ok(None) => self.progress.step(),
                Err(error) => self.stop(error),
            }
        }
    }

    /// Returns the pause before the next attempt, or records the fault as the model's outcome and returns `None`.
    fn handle(&self, job: &mut Job, fault: Fault) -> Result<Option<Duration>> {
        let uid = job.model.uid();
        match fault {
            Fault::Stop(error) => return Err(error),
            Fault::Host(_) => return Ok(Some(self.pause(job.attempts))),
            Fault::Passing(_) if job.attempts + 1 < self.retry_policy.attempts => {
                job.attempts += 1;
                return Ok(Some(self.pause(job.attempts)));
            }
            Fault::Gone(reason) => self.outcomes().end(uid, End::Gone(reason))?,
            Fault::Passing(reason) | Fault::Final(reason) => self.fail(uid, reason)?,
        }
        Ok(None)
    }

    /// Records a failure. A model whose thumbnail is stored stays in the catalogue, although its record could not
    /// be read again.
    fn fail(&self, uid: &str, reason: String) -> Result<()> {
        let mut outcomes = self.outcomes();
        if let Some(End::Kept(thumbnail)) = outcomes.end_of(uid)
            && is_there(self.out, thumbnail)
        {
            self.progress.say(&format!("{uid} is kept unchanged: {reason}"));
            return Ok(());
        }
        outcomes.end(uid, End::Failed(reason))
    }

    fn perform(&self, job: &mut Job) -> std::result::Result<(), Fault> {
        let mut asked = false;
        if job.ask {
            self.ask(job)?;
            asked = true;
        }
        let Head { query, age_restricted, .. } = &*job.head;
        if job.only_ask
            || query.skips(&job.model, *age_restricted).is_some()
            || self.has(&job.model)
        {
            return Ok(());
        }
        let Some(mut picture) = job.model.picture.clone() else { return Ok(()) };
        if let Some(thumbnail) = self.unrecorded(&job.model, &picture) {
            return Ok(self.outcomes().end(job.model.uid(), End::Kept(thumbnail))?);
        }
        let bytes = match self.bytes(&picture) {
            // Links to thumbnails expire; the model's record has the newest link.
            Err(Fault::Gone(_)) if !asked && !picture.local && is_sketchfabs(job.model.uid()) => {
                self.ask(job)?;
                let Some(newer) = job.model.picture.clone() else { return Ok(()) };
                picture = newer;
                self.bytes(&picture)
            }
            other => other,
        };
        let bytes = bytes.map_err(|fault| match fault {
            // Only the thumbnail is missing; the model itself exists.
            Fault::Gone(reason) => Fault::Final(reason),
            fault => fault,
        })?;
        let thumbnail = self.keep(job.model.uid(), &bytes)?;
        Ok(self.outcomes().end(job.model.uid(), End::Kept(thumbnail))?)
    }

    /// Requests a model's record.
    fn ask(&self, job: &mut Job) -> std::result::Result<(), Fault> {
        let uid = job.model.uid();
        let record = self.client.json(&format!("/v3/models/{uid}"), &[])?;
        let told = Candidate::read(&record).filter(|told| told.uid() == uid);
        let told = told.ok_or_else(|| {
            Fault::Passing(
                "the API's answer does not name this model; its form may have changed".to_owned(),
            )
        })?;
        // No other source has the fields that this record lacks.
        job.model = Candidate { whole: true, ..told };
        job.ask = false;
        Ok(self.outcomes().told(job.model.clone())?)
    }

    fn bytes(&self, picture: &Picture) -> std::result::Result<Vec<u8>, Fault> {
        if picture.local {
            let read = files::read(Path::new(&picture.link));
            return read.map_err(|error| Fault::Final(error.to_string()));
        }
        self.client.file(&picture.link)
    }

    /// Returns whether the model's thumbnail is stored.
    fn has(&self, model: &Candidate) -> bool {
        match self.outcomes().end_of(model.uid()) {
            Some(End::Kept(thumbnail)) => is_there(self.out, thumbnail),
            _ => false,
        }
    }

    /// Finds a complete thumbnail that the ledger does not mention, because a kill came before its line.
    fn unrecorded(&self, model: &Candidate, picture: &Picture) -> Option<Thumbnail> {
        if picture.local {
            return None;
        }
        let folder = self.out.join(THUMBNAILS);
        let path = |ending: &&str| folder.join(format!("{}.{ending}", model.uid()));
        let path = ENDINGS.iter().map(path).find(|path| path.exists())?;
        let bytes = files::read(&path).ok()?;
        let (size, ending) = picture::check(&bytes).ok()?;
        let fits = picture.size.is_none_or(|told| told == size);
        fits.then(|| thumbnail(model.uid(), ending, &bytes, size))
    }

    /// Checks a thumbnail and writes it into the folder.
    fn keep(&self, uid: &str, bytes: &[u8]) -> std::result::Result<Thumbnail, Fault> {
        let checked = picture::check(bytes).map_err(|error| Fault::Passing(error.to_string()));
        let (size, ending) = checked?;
        let thumbnail = thumbnail(uid, ending, bytes, size);
        files::put(&path_of(self.out, &thumbnail), bytes)?;
        Ok(thumbnail)
    }

    fn stop(&self, error: Error) {
        let mut stopped = self.stopped.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        stopped.get_or_insert(error);
        self.queue.stop();
    }

    /// A poisoned lock only means that another thread panicked: lines are added whole.
    fn outcomes(&self) -> MutexGuard<'_, Outcomes> {
        self.outcomes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn thumbnail(uid: &str, ending: &str, bytes: &[u8], size: [u32; 2]) -> Thumbnail {
    Thumbnail { file: format!("{uid}.{ending}"), bytes: bytes.len() as u64, size }
}

fn path_of(out: &Path, thumbnail: &Thumbnail) -> PathBuf {
    out.join(THUMBNAILS).join(&thumbnail.file)
}

/// Returns whether a thumbnail lies in the folder in its full length.
pub(super) fn is_there(out: &Path, thumbnail: &Thumbnail) -> bool {
    let found = std::fs::metadata(path_of(out, thumbnail));
    found.is_ok_and(|found| found.is_file() && found.len() == thumbnail.bytes)
}
