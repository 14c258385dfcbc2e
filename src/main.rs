//! The `inkproof` program: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    inkproof::cli::run()
}
