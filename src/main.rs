//! The `inkproof` program: arguments in, exit code out.

#[cfg(any(target_env = "musl", windows))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    inkproof::cli::run()
}
