//! What the program says of itself: help, completions, manual, exit codes; and that it is one file.

use std::path::Path;
use std::process::Command;

use crate::place::Place;
use crate::program::{output, recasketch, succeeds, text};

const VERBS: [&str; 16] = [
    "bench",
    "completions",
    "crawl",
    "demo",
    "embed",
    "eval",
    "export",
    "inspect",
    "manual",
    "merge",
    "network",
    "recall",
    "recommend",
    "search",
    "serve",
    "site",
];

#[test]
fn the_help_has_groups_examples_defaults_and_exit_codes() {
    let [help, _] = succeeds(&["--help"]);
    for words in [
        "\nMake a site:\n  demo         Draw ",
        "\nUse a site:\n  serve        ",
        "\nJudge and measure:\n  eval         ",
        "\nOptions:\n",
        "\nExit codes:\n  0 done, 1 an error",
    ] {
        assert!(help.contains(words), "{words:?} is not in\n{help}");
    }
    for verb in VERBS {
        assert_eq!(help.matches(&format!("\n  {verb} ")).count(), 1, "{verb} in\n{help}");
        let [own, _] = succeeds(&[verb, "--help"]);
        assert!(own.contains(&format!("\nUsage: recasketch {verb}")), "{own}");
        let example = format!("\nExample:\n  recasketch {verb} ");
        assert!(own.contains(&example), "{example:?} is not in\n{own}");
    }
    let [embed, _] = succeeds(&["embed", "--help"]);
    for words in ["\nThe site:\n", "\nHow images are compared:\n", "[default: vgg16]"] {
        assert!(embed.contains(words), "{words:?} is not in\n{embed}");
    }
}

#[test]
fn colours_are_only_for_terminals_and_for_those_who_want_them() {
    let help = |variables: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recasketch"));
        command.arg("--help").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        output(command.envs(variables.iter().copied())).1
    };
    assert!(!help(&[]).contains('\u{1b}'), "a pipe is no terminal");
    assert!(help(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    assert!(!help(&[("NO_COLOR", "1")]).contains('\u{1b}'));
}

#[test]
fn completions_know_every_verb_in_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let [script, _] = succeeds(&["completions", shell]);
        for word in VERBS.iter().chain(&["cells-above", "min-likes", "squash"]) {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
    assert_eq!(recasketch(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn the_manual_has_a_page_for_each_verb() {
    let place = Place::new();
    let folder = place.at("man");
    let [said, _] = succeeds(&["manual", "--out", &folder]);
    assert!(said.contains(&folder), "{said}");
    for verb in VERBS {
        let page =
            std::fs::read_to_string(place.path(&format!("man/recasketch-{verb}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains(verb), "{page}");
    }
    let page = std::fs::read_to_string(place.path("man/recasketch.1")).unwrap();
    assert!(page.contains("recasketch\\-embed(1)"), "{page}");
}

#[test]
fn wrong_arguments_end_with_2_and_errors_with_1() {
    assert_eq!(recasketch(&["embed"]).status.code(), Some(2));
    assert_eq!(recasketch(&["sing"]).status.code(), Some(2));
    assert_eq!(recasketch(&["search", "none.jpg", "--site", "none"]).status.code(), Some(1));
}

#[test]
fn the_program_alone_makes_a_site_with_its_page() {
    if !Path::new(env!("CARGO_MANIFEST_DIR")).join("page.packed").exists() {
        eprintln!("skipped: the program has no page; build it with: ./build.sh page");
        return;
    }
    let place = Place::new();
    let program = place.path(&format!("alone{}", std::env::consts::EXE_SUFFIX));
    std::fs::copy(env!("CARGO_BIN_EXE_recasketch"), &program).unwrap();
    // No variable, no other program, no repository near.
    let run = |arguments: &str| {
        let mut command = Command::new(&program);
        command.env_clear().current_dir(place.path("")).args(arguments.split(' '));
        let (code, printed, said) = output(&mut command);
        assert_eq!(code, Some(0), "{arguments}: {said}");
        printed
    };
    run("demo --models 88 --out demo");
    run(
        "embed --network small --catalogue demo/catalogue.csv --thumbnails demo/thumbnails --out site",
    );
    let found = run("search demo/thumbnails/demo-1-000017.jpg --site site --top 1 --json");
    assert!(found.contains("\"demo-1-000017\""), "{found}");
    let index = std::fs::read(place.path("site/index.html")).unwrap();
    assert!(text(&index).contains("<title>recasketch: 3D models"), "{}", text(&index));
    let manifest = std::fs::read(place.path("site/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let page = place.path("site").join(manifest["page"].as_str().unwrap());
    for module in ["recasketch_bg.wasm", "recasketch_relaxed_bg.wasm"] {
        assert_eq!(&std::fs::read(page.join(module)).unwrap()[..4], b"\0asm", "{module}");
    }
    let titled = place.path("settings.json");
    std::fs::write(titled, r#"{"title": "Chairs"}"#).unwrap();
    run("site site --settings settings.json");
    let index = std::fs::read(place.path("site/index.html")).unwrap();
    assert!(text(&index).contains("<title>Chairs</title>"), "{}", text(&index));
}
