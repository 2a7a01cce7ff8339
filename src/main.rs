//! The owner's door.

fn main() -> std::process::ExitCode {
    recasketch::cli::run()
}
