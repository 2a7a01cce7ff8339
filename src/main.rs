//! The program `recasketch`.

fn main() -> std::process::ExitCode {
    recasketch::cli::run()
}
