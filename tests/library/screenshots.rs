//! The README's screenshots, drawn from the program's output in a light and a dark theme, are up to date.
//!
//! `tools/screenshots` redraws them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anstyle::RgbColor;
use anstyle_svg::{Palette, Term};
use tempfile::TempDir;

/// The environment variable that redraws the screenshots.
const UPDATE: &str = "UPDATE_SCREENSHOTS";

/// A screenshot's name, the width of its terminal, and the program's arguments in the shop of the tests.
const OF_SHOP: [(&str, &str, &[&str]); 5] = [
    ("preview", "92", &["preview", "order_shipped/lamp", "invitation"]),
    ("failure", "104", &["preview", "new_product"]),
    ("source", "132", &["preview", "--source", "order_shipped/lamp"]),
    ("check", "100", &["check", "order_shipped", "--table"]),
    ("test", "92", &["test", "order_shipped/lamp"]),
];

/// The same in the samples of the repository.
const OF_SAMPLES: [(&str, &str, &[&str]); 1] = [("lost", "92", &["preview", "order_shipped"])];

/// Screens of other programs, which are recorded in `screens`: by `tests/e2e/editors/screen.py` and by
/// `editors/vscode/tests/colours.mjs`.
const RECORDED: [&str; 2] = ["neovim", "grammar"];

/// The colours of a terminal: background, text, and the palette of sixteen.
struct Theme {
    name: &'static str,
    background: RgbColor,
    text: RgbColor,
    palette: [u32; 16],
}

const THEMES: [Theme; 2] = [
    Theme {
        name: "light",
        background: rgb(0xff_ffff),
        text: rgb(0x1f_2328),
        palette: [
            0x24_292f, 0xcf_222e, 0x11_6329, 0x7d_4e00, 0x09_69da, 0x82_50df, 0x1b_7c83, 0x6e_7781, 0x57_606a,
            0xa4_0e26, 0x1a_7f37, 0x63_3c01, 0x21_8bff, 0xa4_75f9, 0x31_92aa, 0x8c_959f,
        ],
    },
    Theme {
        name: "dark",
        background: rgb(0x0d_1117),
        text: rgb(0xe6_edf3),
        palette: [
            0x48_4f58, 0xff_7b72, 0x3f_b950, 0xd2_9922, 0x58_a6ff, 0xbc_8cff, 0x39_c5cf, 0xb1_bac4, 0x6e_7681,
            0xff_a198, 0x56_d364, 0xe3_b341, 0x79_c0ff, 0xd2_a8ff, 0x56_d4dd, 0xff_ffff,
        ],
    },
];

const fn rgb(color: u32) -> RgbColor {
    let [_, red, green, blue] = color.to_be_bytes();
    RgbColor(red, green, blue)
}

/// A copy of parts of a folder outside any git repository, because the program would show what changed in the repository.
fn copy_of(folder: &Path, parts: &[&str]) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let target = tempfile::tempdir().unwrap();
    for part in parts {
        copy(&folder.join(part), &target.path().join(part));
    }
    target
}

/// The command line, and what the program prints.
fn printed(project: &Path, width: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkproof"));
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("INKPROOF_")) {
        command.env_remove(name);
    }
    let output = command
        .args(["--color", "always", "--now", "2026-01-01T00:00:00Z"])
        .args(arguments)
        .current_dir(project)
        .envs([("COLUMNS", width), ("COLORTERM", "truecolor"), ("LC_ALL", "C.UTF-8"), ("CI", "1")])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1minkproof {}\u{1b}[0m\n\n{}", arguments.join(" "), text.trim_end())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn draw(theme: &Theme, text: &str) -> String {
    let terminal = Term::new()
        .fg_color(theme.text.into())
        .bg_color(theme.background.into())
        .palette(Palette(theme.palette.map(rgb)));
    // Browsers ignore the `opacity` of a part of a text, but not its `fill-opacity`.
    terminal.render_svg(text).replace("{ opacity: 0.4; }", "{ fill-opacity: 0.65; }")
}

/// Compares a screenshot with its file, or writes the file. Returns the path if they differ.
fn check(path: &Path, drawn: &str) -> Option<String> {
    if env::var_os(UPDATE).is_some() {
        fs::create_dir_all(path.parent()?).unwrap();
        fs::write(path, drawn).unwrap();
    }
    let is_current = fs::read_to_string(path).is_ok_and(|published| published == drawn);
    (!is_current).then(|| path.display().to_string())
}

#[test]
fn every_screenshot_shows_the_current_output() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let shop = copy_of(&root().join("tests/library/shop"), &[""]);
    let samples = copy_of(&root(), &["templates", "fixtures"]);
    fs::copy(root().join("inkproof.toml"), samples.path().join("inkproof.toml")).unwrap();
    let of_samples = OF_SAMPLES.iter().map(|shot| (samples.path(), shot));
    let mut stale = Vec::new();
    for (project, (name, width, arguments)) in OF_SHOP.iter().map(|shot| (shop.path(), shot)).chain(of_samples) {
        let text = printed(project, width, arguments);
        for theme in &THEMES {
            let path = format!("docs/screenshots/{name}-{}.svg", theme.name);
            assert!(readme.contains(&path), "the README does not show {path}");
            stale.extend(check(&root().join(path), &draw(theme, &text)));
        }
    }
    assert!(
        stale.is_empty(),
        "the program's output has changed: run tools/screenshots, and look at the result: {stale:#?}"
    );
}

#[test]
fn every_recorded_screen_is_drawn() {
    let page = fs::read_to_string(root().join("docs/editor.md")).unwrap();
    let mut stale = Vec::new();
    for name in RECORDED {
        let text = fs::read_to_string(root().join(format!("tests/library/screens/{name}.ansi"))).unwrap();
        for theme in &THEMES {
            let file = format!("screenshots/{name}-{}.svg", theme.name);
            assert!(page.contains(&file), "docs/editor.md does not show {file}");
            stale.extend(check(&root().join("docs").join(file), &draw(theme, text.trim_end())));
        }
    }
    assert!(stale.is_empty(), "run tools/screenshots, and look at the result: {stale:#?}");
}
