//! How tests crawl.

#![allow(unreachable_pub)]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use recasketch::commands::crawl::{
    self, Filter, Options, Place as Source, Query, RetryPolicy, Summary, Task,
};
use recasketch::error::Error;

use crate::double::Double;
use crate::place::{Place, changed};
use crate::waiting::TOO_LONG;

pub const CONTACT: &str = "owner@example.com";

impl Place {
    /// Options whose pauses are short and whose rate is no limit.
    pub fn options(&self, double: &Double, task: Task) -> Options {
        let retry_policy = RetryPolicy {
            deadline: TOO_LONG,
            pause: Duration::from_millis(2),
            attempts: 4,
            outage: TOO_LONG,
        };
        changed(Options::new(self.path("crawled"), task), |options| {
            options.api = double.url();
            options.contact = Some(CONTACT.to_owned());
            options.rate = 10_000.0;
            options.downloads = 6;
            options.retry_policy = retry_policy;
        })
    }

    pub fn run(&self, double: &Double, task: Task) -> Result<Summary, Error> {
        crawl::run(&self.options(double, task))
    }

    /// A crawl that nothing stops.
    pub fn crawl(&self, double: &Double, task: Task) -> Summary {
        let summary = self.run(double, task).unwrap();
        assert!(summary.stopped.is_none(), "{:?}", summary.stopped);
        summary
    }

    /// The rows of the catalogue, each by the names of its columns.
    pub fn rows(&self) -> Vec<std::collections::HashMap<String, String>> {
        let mut reader = csv::Reader::from_path(self.path("crawled/catalogue.csv")).unwrap();
        reader.deserialize().map(Result::unwrap).collect()
    }

    pub fn uids(&self) -> Vec<String> {
        self.rows().iter().map(|row| row["uid"].clone()).collect()
    }

    /// The real program, crawling from a double.
    pub fn program(&self, double: &Double, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recasketch"));
        command.args(["crawl", "--contact", CONTACT, "--rate", "10000", "--api", &double.url()]);
        command.arg("--out").arg(self.path("crawled")).args(arguments);
        command.env_remove("SKETCHFAB_TOKEN");
        command
    }
}

pub fn search(words: &str) -> Task {
    collect(Source::Search(words.to_owned()), Filter::default())
}

pub fn from(path: &Path) -> Task {
    collect(Source::File(path.to_owned()), Filter::default())
}

pub fn collect(place: Source, filter: Filter) -> Task {
    Task::Collect { query: Query { place, filter }, limit: None, age_restricted: false }
}

pub fn limited(task: Task, limit: usize) -> Task {
    match task {
        Task::Collect { query, age_restricted, .. } => {
            Task::Collect { query, limit: Some(limit), age_restricted }
        }
        task => task,
    }
}

pub fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
