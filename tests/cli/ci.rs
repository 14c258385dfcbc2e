//! The examples of `docs/ci.md` are run, as far as they can be here; what only a service could run is at least YAML.

use std::path::Path;
use std::process::Command;

use super::sandbox::Run;
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

/// A project in a folder of a repository, with something that `check` and `test` complain about.
fn below_a_repository() -> Scratch {
    let scratch = Scratch::empty();
    scratch.write("apps/shop/templates/order.liquid", "---\n---\n{\"title\": \"{{ trigger.title }}\",}\n");
    scratch.write("apps/shop/fixtures/customers/ada.json", "{\"id\": \"1\"}");
    let request = "{\"transactional_message_id\": \"order\", \"identifiers\": {\"id\": \"1\"}, \"message_data\": {\"title\": \"x\"}}";
    scratch.write("apps/shop/fixtures/requests/order.json", request);
    scratch.write("apps/shop/tests/snapshots/gone.snap", "---\nexpression: inkproof preview gone\n---\nnot sent\n");
    scratch
}

#[test]
fn files_are_named_from_the_top_of_the_repository() {
    let scratch = below_a_repository();
    let template = "apps/shop/templates/order.liquid";
    let expected: &[(&[&str], &[&str])] = &[
        (&["check", "--format", "github"], &["file=apps/shop/templates/order.liquid,line=3"]),
        (&["check", "--format", "gitlab"], &["\"path\":\"apps/shop/templates/order.liquid\""]),
        (&["check", "--format", "sarif"], &["\"uri\":\"apps/shop/templates/order.liquid\""]),
        (
            &["check", "--format", "junit"],
            &["classname=\"apps/shop/templates/order.liquid\"", ">apps/shop/templates/order.liquid:3:1\n"],
        ),
        (&["check", "--format", "concise", "--lcov", "lcov.info"], &["templates/order.liquid:3:1: "]),
        (
            &["test", "--format", "github"],
            &["file=apps/shop/templates/order.liquid,", "file=apps/shop/tests/snapshots/gone.snap,"],
        ),
        (
            &["test", "--format", "junit"],
            &["apps/shop/fixtures/requests/order.json\n", ">apps/shop/tests/snapshots/gone.snap<"],
        ),
        (&["preview", "--format", "github"], &["file=apps/shop/templates/order.liquid,"]),
    ];
    // Outside of a repository, the top is the folder that the program works in.
    for is_repository in [false, true] {
        if is_repository {
            scratch.git(&["init", "--quiet"]);
        }
        for (arguments, parts) in expected {
            let said = scratch.run_in_ci(&[&["-C", "apps/shop/templates"], *arguments].concat());
            for part in *parts {
                assert!(said.stdout.contains(part), "{arguments:?}: {part}: {said:?}");
            }
        }
        assert!(scratch.read("apps/shop/templates/lcov.info").contains(&format!("SF:{template}\n")));
        scratch.remove("apps/shop/templates/lcov.info");
    }
    let within = |arguments: &[&str]| {
        let mut command = scratch.command();
        Run::of(&command.current_dir(scratch.path("apps/shop")).args(arguments).output().unwrap())
    };
    assert!(within(&["check", "--format", "github"]).stdout.contains("file=apps/shop/templates/"));
    assert!(within(&["check", "--format", "concise"]).stdout.starts_with("templates/"));
}

#[test]
fn configurations() {
    let blocks = blocks();
    let yaml: Vec<_> = blocks.iter().filter(|(tag, _)| tag == "yaml").collect();
    assert_eq!(yaml.len(), 6);
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
