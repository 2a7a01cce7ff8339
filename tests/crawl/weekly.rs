//! The workflow that owners copy, `docs/weekly.yml`: its commands, run for two weeks against the double.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use recasketch::site::Site;

use crate::crawling::CONTACT;
use crate::double::Double;
use crate::models::models;
use crate::place::Place;
use crate::program::output;

const WORKFLOW: &str = include_str!("../../docs/weekly.yml");

/// What a step of the workflow runs.
fn commands_of(step: &str) -> String {
    let (_, rest) =
        WORKFLOW.split_once(&format!("      - name: {step}\n        run: |\n")).unwrap();
    let lines = rest.lines().take_while(|line| line.starts_with("          "));
    lines.map(|line| format!("{}\n", line.trim_start())).collect()
}

/// Runs the steps that use the program, as the workflow's shell does.
fn run_a_week(place: &Place, double: &Double) {
    // The program of the tests in the place of the released one, asking the double.
    let program = place.write(
        "bin/recasketch",
        format!(
            "#!/bin/sh\ncase $1 in\ncrawl) set -- \"$@\" --api {} --rate 1000 ;;\n\
             embed) set -- \"$@\" --network small ;;\nesac\nexec '{}' \"$@\"\n",
            double.url(),
            env!("CARGO_BIN_EXE_recasketch"),
        ),
    );
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.at("bin"), std::env::var("PATH").unwrap());
    for step in ["collect", "embed"] {
        let mut shell = Command::new("bash");
        shell.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &commands_of(step)]);
        shell
            .env("PATH", &path)
            .env("COLLECT", "--min-likes 1 --limit 2000")
            .env("CONTACT", CONTACT);
        let (code, printed, said) = output(shell.current_dir(place.root()));
        assert_eq!(code, Some(0), "{step}: {printed}{said}");
    }
}

fn names(place: &Place) -> Vec<String> {
    let site = Site::open(&place.path("dist")).unwrap();
    site.models.into_iter().map(|model| model.name).collect()
}

#[test]
fn each_week_the_site_has_what_the_collection_has_then() {
    let (place, all) = (Place::new(), models(30));
    let double = Double::of(all[..25].to_vec());
    run_a_week(&place, &double);
    assert_eq!(names(&place).len(), 25);
    let embedded = std::fs::metadata(place.path("dist.embeddings")).unwrap().len();
    double.change(|models| {
        models.extend_from_slice(&all[25..]);
        models[3].name = "Renamed since".to_owned();
    });
    run_a_week(&place, &double);
    let names = names(&place);
    assert_eq!(names.len(), 30);
    assert!(names.contains(&"Renamed since".to_owned()), "{names:?}");
    let grown = std::fs::metadata(place.path("dist.embeddings")).unwrap().len() - embedded;
    assert!(grown < embedded / 2, "only the new thumbnails are embedded: {grown} after {embedded}");
}
