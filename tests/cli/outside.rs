//! Nothing is written outside of the project, whatever links a hostile project contains.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::sandbox::{Run, run};

/// How many hostile projects are made.
fn rounds() -> u64 {
    std::env::var("HOSTILE_TREES").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(100)
}

/// How long a command may take on a busy machine. A hang takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The files of the project.
const FILES: [(&str, &str); 8] = [
    ("inkproof.toml", "[test]\nseed = 1\n"),
    (
        "templates/order.liquid",
        "---\ntype: order\n---\n{\"title\": \"Order {{ trigger.id }}\", \"body\": \"{{ customer.name }}\",}\n",
    ),
    ("templates/more/hello.liquid", "---\n---\n{\"title\": \"Hello {{ customer.name }}\", \"body\": \"b\"}\n"),
    ("snippets/footer.liquid", "bye"),
    ("fixtures/customers/ada.json", "{\"id\": \"1\", \"name\": \"Ada\"}"),
    (
        "fixtures/requests/order/small.json",
        "{\"transactional_message_id\": \"order\", \"identifiers\": {\"id\": \"1\"}, \"message_data\": {\"id\": 7}}",
    ),
    ("fixtures/requests/hello.json", "{\"transactional_message_id\": \"hello\", \"identifiers\": {\"id\": \"1\"}}"),
    ("tests/snapshots/order/gone.snap", "---\nexpression: order/gone\n---\n{}\n"),
];

/// The commands that write, in an order in which the later ones still have something to do.
const COMMANDS: [&[&str]; 20] = [
    &["test"],
    &["accept"],
    &["test", "--update", "pending", "--now", "2027-01-01T00:00:00Z"],
    &["reject"],
    &["test", "--update", "all"],
    &["pending"],
    &["check", "--fix"],
    &["check", "--lcov", "report.lcov"],
    &["new", "welcome"],
    &["request", "order", "another"],
    &["import", "customers", "customers.csv"],
    &["upgrade", "order"],
    &["fmt"],
    &["audience", "order", "people.jsonl", "--failures", "failures.jsonl"],
    &["audience", "order", "people.jsonl", "--save-counterexamples"],
    &["types", "--lang", "typescript", "--output", "types.ts"],
    &["schema", "--all", "--output", "schemas/all"],
    &["check", "--save-counterexamples", "fixtures/requests/found"],
    &["man", "pages"],
    &["init", "."],
];

/// A project next to a folder that must not change.
struct Tree {
    folder: TempDir,
    random: fastrand::Rng,
}

impl Tree {
    fn new(seed: u64) -> Self {
        let tree = Self { folder: tempfile::tempdir().unwrap(), random: fastrand::Rng::with_seed(seed) };
        for (path, text) in FILES {
            Self::write(&tree.project().join(path), text);
        }
        Self::write(&tree.project().join("customers.csv"), "id,name\n2,Bob\n");
        Self::write(&tree.project().join("people.jsonl"), "{\"id\": 1, \"name\": \"Ada\"}\n{\"id\": 2}\n");
        for name in
            ["precious", "report.lcov", "small.snap", "order/small.snap.new", "order/.inkproof-1.tmp", "empty/x"]
        {
            Self::write(&tree.outside().join(name), &format!("the precious {name}"));
        }
        Self::write(&tree.outside().join("order/gone.snap"), FILES[7].1);
        Self::write(&tree.outside().join("template.liquid"), FILES[1].1);
        let old = std::time::SystemTime::now() - Duration::from_secs(100_000);
        fs::File::open(tree.outside().join("order/.inkproof-1.tmp")).unwrap().set_modified(old).unwrap();
        tree
    }

    fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts hostile entries at random places: where files and folders are, or where commands will write.
    fn make_hostile(&mut self) {
        const PLACES: [&str; 38] = [
            "tests",
            "tests/snapshots",
            "tests/snapshots/order",
            "tests/snapshots/order/small.snap",
            "tests/snapshots/order/small.snap.new",
            "tests/snapshots/hello.snap",
            "tests/snapshots/hello.snap.new",
            "tests/snapshots/order/gone.snap",
            "tests/snapshots/order/gone.snap.new",
            "tests/snapshots/order/.inkproof-9.tmp",
            "templates",
            "templates/more",
            "templates/order.liquid",
            "templates/more/hello.liquid",
            "templates/welcome.liquid",
            "snippets",
            "snippets/footer.liquid",
            "fixtures",
            "fixtures/customers",
            "fixtures/customers/ada.json",
            "fixtures/customers/2.json",
            "fixtures/customers/bob.json",
            "fixtures/requests",
            "fixtures/requests/order",
            "fixtures/requests/order/small.json",
            "fixtures/requests/order/another.json",
            "fixtures/requests/welcome",
            "fixtures/requests/welcome/standard.json",
            "fixtures/requests/hello.json",
            "inkproof.toml",
            "failures.jsonl",
            "failures.jsonl.incomplete",
            "report.lcov",
            "types.ts",
            "schemas",
            "pages",
            "pages/inkproof.1",
            "fixtures/requests/found",
        ];
        // A pipe that is named for output waits for its reader.
        let is_output = |place: &str| {
            place.starts_with("failures") || ["report.lcov", "types.ts", "pages/inkproof.1"].contains(&place)
        };
        for _ in 0..self.random.usize(1..6) {
            let name = self.random.choice(PLACES).unwrap();
            let place = self.project().join(name);
            // A place may be below a link: then it is outside, and must not be touched by the test either. Or below a pipe.
            let is_folder_within = |folder: PathBuf| folder.starts_with(self.project()) && folder.is_dir();
            if !place.parent().is_some_and(|parent| parent.canonicalize().is_ok_and(is_folder_within)) {
                continue;
            }
            if place.is_dir() && !place.is_symlink() {
                fs::remove_dir_all(&place).unwrap();
            } else {
                let _ = fs::remove_file(&place);
            }
            let outside = self.outside();
            let up = "../".repeat(place.strip_prefix(self.project()).unwrap().components().count());
            match self.random.u8(0..10) {
                0 => symlink(&outside, &place).unwrap(),
                1 => symlink(outside.join("precious"), &place).unwrap(),
                2 => symlink(outside.join("order"), &place).unwrap(),
                3 => symlink(outside.join("missing"), &place).unwrap(),
                4 => symlink(format!("{up}outside/order/small.snap.new"), &place).unwrap(),
                5 => symlink(outside.join("template.liquid"), &place).unwrap(),
                6 if !is_output(name) => assert!(Command::new("mkfifo").arg(&place).status().unwrap().success()),
                7 => {
                    // A link to a link that leads out.
                    let between = self.project().join("between");
                    let _ = fs::remove_file(&between);
                    symlink(&outside, &between).unwrap();
                    symlink(&between, &place).unwrap();
                }
                8 => symlink(&place, &place).unwrap(),
                _ => symlink(outside.join("order/gone.snap"), &place).unwrap(),
            }
        }
    }

    /// Starts a process that exchanges folders for links out of the project, until it is dropped.
    fn swap(&self) -> Swapper {
        let script = r#"
            cd "$0" && mkdir -p swap && for folder in order fixtures snapshots templates; do ln -s "$1" swap/$folder; done
            while :; do
                for path in tests/snapshots/order fixtures tests/snapshots templates; do
                    name=${path##*/}
                    mv -T $path swap/away 2> /dev/null && mv -T swap/$name $path && mv -T $path swap/$name
                    mv -T swap/away $path 2> /dev/null
                done
            done"#;
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(self.project()).arg(self.outside());
        Swapper(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Everything outside of the project: paths with contents and times of change.
    fn picture(&self) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
        let mut picture = BTreeMap::new();
        let mut folders = vec![self.outside()];
        while let Some(folder) = folders.pop() {
            picture.insert(folder.clone(), (Vec::new(), folder.metadata().unwrap().modified().unwrap()));
            for entry in fs::read_dir(folder).unwrap().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    picture
                        .insert(path.clone(), (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap()));
                }
            }
        }
        picture
    }

    /// Runs every command, and compares what is outside before and after each.
    fn run_all(&self, what: &str) {
        let before = self.picture();
        for arguments in COMMANDS {
            let started = Instant::now();
            let run = run(&self.project(), arguments, "");
            let all = format!("{what}: {arguments:?}: {run:?}");
            assert!(started.elapsed() < PATIENCE, "{:?} {all}", started.elapsed());
            assert!((0..=2).contains(&run.code) && !run.stderr.contains("panicked"), "{all}");
            assert!(!run.stderr.contains("Usage: "), "{all}");
            assert!(self.picture() == before, "{all}");
        }
    }
}

/// A process that is also killed if the test fails.
struct Swapper(Child);

impl Drop for Swapper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn hostile_projects_change_nothing_outside() {
    let first = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0);
    for seed in first..first + rounds() {
        let mut tree = Tree::new(seed);
        // Half of them have snapshots to begin with.
        if seed % 2 == 0 {
            run(&tree.project(), &["test"], "");
        }
        tree.make_hostile();
        tree.run_all(&format!("SEED={seed}"));
    }
}

#[test]
fn a_process_that_swaps_folders_for_links_changes_nothing_outside() {
    for seed in 0..rounds().div_ceil(6) {
        let tree = Tree::new(seed);
        let _swapper = tree.swap();
        tree.run_all(&format!("swapped, {seed}"));
    }
}

fn refusal_of(tree: &Tree, arguments: &[&str]) -> Run {
    let before = tree.picture();
    let run = run(&tree.project(), arguments, "");
    assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
    assert!(run.stderr.contains("it leads out of the project, where nothing is written"), "{arguments:?}: {run:?}");
    assert!(tree.picture() == before, "{arguments:?}");
    run
}

#[test]
fn refuses_links_out_of_the_project_with_a_clear_error() {
    let tree = Tree::new(0);
    let at = |path: &str| tree.project().join(path);
    fs::create_dir_all(at("tests/snapshots/order")).unwrap();
    symlink(tree.outside().join("precious"), at("tests/snapshots/order/small.snap.new")).unwrap();
    let run = refusal_of(&tree, &["test"]);
    assert!(run.stderr.contains("cannot write `tests/snapshots/order/small.snap`"), "{run:?}");
    fs::rename(at("tests/snapshots/order/small.snap.new"), at("tests/snapshots/order/small.snap")).unwrap();
    refusal_of(&tree, &["test", "--update", "all"]);

    fs::remove_dir_all(at("tests/snapshots")).unwrap();
    symlink(tree.outside(), at("tests/snapshots")).unwrap();
    refusal_of(&tree, &["test"]);
    refusal_of(&tree, &["test", "--update", "all"]);
    fs::write(tree.outside().join("order/small.snap.new"), FILES[7].1).unwrap();
    for command in ["accept", "reject"] {
        refusal_of(&tree, &[command]);
    }
    fs::remove_file(at("templates/order.liquid")).unwrap();
    symlink(tree.outside().join("template.liquid"), at("templates/order.liquid")).unwrap();
    let run = refusal_of(&tree, &["check", "--fix"]);
    assert!(run.stderr.contains("cannot write `templates/order.liquid`"), "{run:?}");
}

#[test]
fn files_that_are_named_for_output_do_not_lead_out_of_the_project_either() {
    let tree = Tree::new(0);
    let at = |path: &str| tree.project().join(path);
    symlink(tree.outside().join("precious"), at("link")).unwrap();
    symlink(tree.outside(), at("folder")).unwrap();
    for arguments in [
        &["types", "--lang", "go", "--output", "link"][..],
        &["types", "--lang", "go", "--output", "folder/types.go"],
        &["types", "--lang", "go", "--output", "templates/../link"],
        &["schema", "order", "--output", "link"],
        &["schema", "--all", "--output", "folder/schemas"],
        &["check", "--lcov", "link"],
        &["audience", "order", "people.jsonl", "--failures", "link"],
        &["audience", "order", "people.jsonl", "--messages", "folder/messages"],
        &["man", "folder"],
        &["man", "folder/man"],
        &["check", "--save-counterexamples", "fixtures/../folder"],
    ] {
        let before = tree.picture();
        let run = run(&tree.project(), arguments, "");
        assert!(run.code == 2 && run.stderr.contains("project"), "{arguments:?}: {run:?}");
        assert!(tree.picture() == before, "{arguments:?}");
    }
    // What is unfinished is a new file, whatever has its name.
    for (place, target) in [("f.incomplete", "precious"), ("g.incomplete", "order"), ("h.incomplete", "missing")] {
        symlink(tree.outside().join(target), at(place)).unwrap();
    }
    fs::hard_link(tree.outside().join("precious"), at("i.incomplete")).unwrap();
    let before = tree.picture();
    for name in ["f", "g", "h", "i"] {
        let run = run(&tree.project(), &["audience", "order", "people.jsonl", "--failures", name], "");
        assert_eq!(run.code, 1, "{run:?}");
        assert!(fs::read_to_string(at(name)).unwrap().contains("people.jsonl") && !at(name).is_symlink(), "{name}");
    }
    assert!(tree.picture() == before);
    // A path out of the project is the user's decision.
    assert_eq!(run(&tree.project(), &["types", "--lang", "go", "--output", "../outside/types.go"], "").code, 0);
    assert!(tree.outside().join("types.go").is_file());
}

#[test]
fn links_within_the_project_are_followed() {
    let tree = Tree::new(0);
    let at = |path: &str| tree.project().join(path);
    fs::create_dir_all(at("shared/snapshots")).unwrap();
    fs::remove_dir_all(at("tests/snapshots")).unwrap();
    symlink("../shared/snapshots", at("tests/snapshots")).unwrap();
    fs::rename(at("templates/order.liquid"), at("shared/order.liquid")).unwrap();
    symlink(at("shared/order.liquid"), at("templates/order.liquid")).unwrap();
    assert_eq!(run(&tree.project(), &["check", "--fix"], "").code, 0);
    let fixed = fs::read_to_string(at("shared/order.liquid")).unwrap();
    assert!(!fixed.contains(",}"), "{fixed}");
    assert_eq!(run(&tree.project(), &["test"], "").code, 1);
    assert_eq!(run(&tree.project(), &["accept"], "").code, 0);
    assert!(at("shared/snapshots/order/small.snap").is_file());
    assert_eq!(run(&tree.project(), &["test"], "").code, 0);
    assert!(at("templates/order.liquid").is_symlink() && at("tests/snapshots").is_symlink());
}

#[test]
fn pipes_and_the_like_are_no_snapshots() {
    let tree = Tree::new(0);
    let at = |path: &str| tree.project().join(path);
    fs::create_dir_all(at("tests/snapshots/order")).unwrap();
    for name in ["order/small.snap", "hello.snap.new"] {
        assert!(Command::new("mkfifo").arg(at("tests/snapshots").join(name)).status().unwrap().success());
    }
    let test = run(&tree.project(), &["test", "--format", "concise"], "");
    assert!(test.code == 1 && test.stdout.contains("it is not a plain file"), "{test:?}");
    for command in ["pending", "accept", "reject"] {
        let run = run(&tree.project(), &[command], "");
        assert!((0..=2).contains(&run.code), "{run:?}");
    }
}

#[test]
fn an_output_file_is_written_completely_or_not_at_all() {
    let tree = Tree::new(0);
    let report = tree.project().join("report.lcov");
    fs::write(&report, "old").unwrap();
    let good = run(&tree.project(), &["check", "--lcov", "report.lcov"], "");
    assert!(fs::read_to_string(&report).unwrap().starts_with("TN:"), "{good:?}");
    assert!(run(&tree.project(), &["check", "--lcov", "/dev/stdout"], "").stdout.contains("TN:"));
    // What else is printed into the same file stays.
    let script = "\"$0\" check --format concise --lcov /dev/stdout > all 2> /dev/null";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_inkproof")]).current_dir(tree.project()).status().unwrap();
    let all = fs::read_to_string(tree.project().join("all")).unwrap();
    assert!(all.contains("TN:") && all.contains("templates/order.liquid:"), "{all}");
    // A folder in which nothing can be created: root may always, so the name is too long instead.
    let name = "x".repeat(250);
    fs::write(tree.project().join(&name), "old").unwrap();
    let run = run(&tree.project(), &["check", "--lcov", &format!("{name}/report")], "");
    assert!(run.code == 2 && run.stderr.contains("cannot write"), "{run:?}");
    assert_eq!(fs::read_to_string(tree.project().join(&name)).unwrap(), "old");
}
