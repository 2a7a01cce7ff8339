//! The program's help: the verbs in groups, an example of each, and the exit codes. Completions for shells and the
//! manual are made of the same text.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Arguments;
use crate::error::Result;
use crate::util::files;

/// The verbs as people look for them.
const GROUPS: [(&str, &[&str]); 5] = [
    ("Make a site", &["demo", "crawl", "embed", "merge", "site"]),
    ("Use a site", &["serve", "search", "recommend", "export"]),
    ("Judge and measure", &["eval", "recall", "inspect", "bench"]),
    ("Prepare", &["network"]),
    ("Install", &["completions", "manual"]),
];

/// An example of each verb.
const EXAMPLES: [(&str, &str); 16] = [
    ("demo", "recasketch demo --out demo"),
    (
        "crawl",
        "recasketch crawl --search \"office chair\" --licence by --contact you@example.com --out chairs",
    ),
    (
        "embed",
        "recasketch embed --catalogue chairs/catalogue.csv --thumbnails chairs/thumbnails --out dist",
    ),
    (
        "merge",
        "recasketch merge dist.*-of-40.embeddings --catalogue chairs/catalogue.csv \
         --thumbnails chairs/thumbnails --out dist",
    ),
    ("site", "recasketch site dist --settings settings.json"),
    ("serve", "recasketch serve dist --open"),
    ("search", "recasketch search photo.jpg --words \"red chair\" --site dist"),
    ("recommend", "recasketch recommend --site dist --out recommendations"),
    ("export", "recasketch export --site dist --format parquet --out chairs.parquet"),
    ("eval", "recasketch eval --site dist --sheet eval.html"),
    ("recall", "recasketch recall --site dist --exact dist-exact"),
    ("inspect", "recasketch inspect photo.jpg --site dist --out photo"),
    ("bench", "recasketch bench --site dist"),
    ("network", "recasketch network verify vgg16"),
    (
        "completions",
        "recasketch completions bash > ~/.local/share/bash-completion/completions/recasketch",
    ),
    ("manual", "recasketch manual --out ~/.local/share/man/man1"),
];

const EXIT_CODES: &str = "0 done, 1 an error, or with --strict something was left out, \
                          2 wrong arguments, 130 interrupted";

/// Returns the program's arguments with their help.
pub(super) fn command() -> Command {
    let mut command = Arguments::command();
    for (verb, example) in EXAMPLES {
        command = command.mut_subcommand(verb, |verb| {
            let more = verb.get_after_help().map(|text| format!("\n\n{text}")).unwrap_or_default();
            let example = format!("{}\n  {example}{more}", heading(&verb, "Example"));
            verb.after_help(example)
        });
    }
    let verbs: String =
        GROUPS.iter().map(|(group, names)| grouped(&command, group, names)).collect();
    let options = heading(&command, "Options");
    let codes = format!("{}\n  {EXIT_CODES}", heading(&command, "Exit codes"));
    command
        .help_template(format!(
            "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{verbs}{options}\n{{options}}{{after-help}}"
        ))
        .after_help(codes)
}

/// A group of verbs, one a line, and an empty line.
fn grouped(command: &Command, group: &str, names: &[&str]) -> String {
    let literal = command.get_styles().get_literal();
    let mut text = format!("{}\n", heading(command, group));
    for name in names {
        let about = command.find_subcommand(name).and_then(Command::get_about);
        let about = about.map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "  {literal}{name:<12}{literal:#} {about}");
    }
    text.push('\n');
    text
}

/// A heading in the style of clap's.
fn heading(command: &Command, text: &str) -> String {
    let style = command.get_styles().get_header();
    format!("{style}{text}:{style:#}")
}

/// Returns the completions of a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "recasketch", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// Writes the manual's pages into a folder: `recasketch.1`, and `recasketch-VERB.1` for each verb.
pub(super) fn manual(folder: &Path) -> Result<()> {
    let failed = |source| files::failed(folder, source, "check that it can be written");
    std::fs::create_dir_all(folder).map_err(failed)?;
    // The plain command: a page has its own list of verbs.
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_verb_is_in_one_group_and_has_an_example() {
        let command = Arguments::command();
        let verbs: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let grouped: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        assert_eq!(verbs.iter().collect::<BTreeSet<_>>(), grouped.iter().collect());
        assert_eq!(verbs.len(), grouped.len());
        let exemplified: BTreeSet<&str> = EXAMPLES.iter().map(|(verb, _)| *verb).collect();
        assert_eq!(exemplified, verbs.into_iter().collect());
    }

    #[test]
    fn every_example_is_accepted() {
        for (verb, example) in EXAMPLES {
            // As a shell reads it, without what follows a redirection.
            let example = example.split(" > ").next().unwrap_or_default();
            let mut words: Vec<String> = Vec::new();
            for (index, part) in example.split('"').enumerate() {
                match index % 2 {
                    0 => words.extend(part.split_whitespace().map(str::to_owned)),
                    _ => words.push(part.to_owned()),
                }
            }
            let read = command().try_get_matches_from(words);
            assert_eq!(read.unwrap().subcommand_name(), Some(verb));
        }
    }
}
