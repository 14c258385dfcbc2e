//! The examples of `docs/ci.md` are run, as far as they can be here; what only a service could run is at least YAML.

use std::path::Path;
use std::process::Command;

use super::scratch::Scratch;

/// The blocks of code of the page, with their languages.
fn blocks() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md")).unwrap();
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).map(|(tag, code)| (tag.to_owned(), format!("{code}\n"))).collect()
}

/// Runs a script where `inkproof` is on the path, and gives its exit code.
fn run(scratch: &Scratch, script: &str) -> i32 {
    let program = Path::new(env!("CARGO_BIN_EXE_inkproof")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(scratch.root())
        .env("PATH", path)
        .env_remove("CI")
        .env_remove("INKPROOF_UPDATE");
    command.output().unwrap().status.code().unwrap_or(-1)
}

#[test]
fn scripts() {
    let blocks = blocks();
    let scripts: Vec<_> = blocks.iter().filter(|(tag, _)| tag == "sh").map(|(_, code)| code.as_str()).collect();
    let [hook, service, accept] = scripts[..] else { panic!("{scripts:#?}") };
    let scratch = Scratch::node();
    scratch.git(&["init", "--quiet"]);
    assert_eq!(run(&scratch, hook), 0, "nothing to commit");
    scratch.git(&["add", "."]);
    assert_eq!((run(&scratch, hook), run(&scratch, service)), (1, 1), "without snapshots");
    assert_eq!(run(&scratch, accept), 0);
    assert_eq!((run(&scratch, hook), run(&scratch, service)), (0, 0), "with them");
    assert!(
        scratch.read("messages.xml").contains("<testsuites name=\"inkproof\" tests=\"3\" failures=\"0\" errors=\"0\">")
    );
    scratch.write("fixtures/requests/broken.json", "{");
    assert_eq!((run(&scratch, hook), run(&scratch, service)), (2, 2), "broken");
}

#[test]
fn configurations() {
    let blocks = blocks();
    let yaml: Vec<_> = blocks.iter().filter(|(tag, _)| tag == "yaml").collect();
    assert_eq!(yaml.len(), 3);
    for (_, code) in yaml {
        serde_saphyr::from_str::<serde_json::Value>(code).unwrap_or_else(|error| panic!("{error}\n{code}"));
        // What they run exists as it is written.
        let lines = code.lines().map(|line| line.split(" #").next().unwrap_or_default());
        for line in lines.filter(|line| line.contains("inkproof test") || line.contains("inkproof diff")) {
            let arguments = line.split_once("inkproof ").unwrap().1.split('>').next().unwrap();
            let scratch = Scratch::node();
            scratch.git(&["init", "--quiet"]);
            let help = format!("inkproof {arguments} --help");
            assert_eq!(run(&scratch, &help), 0, "{help}");
        }
    }
}
