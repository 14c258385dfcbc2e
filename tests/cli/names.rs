//! Names of requests whose snapshots would be the same file: errors before anything is written.

use super::scratch::Scratch;

/// A project whose template `order` has a French variant.
fn with_requests(names: &[&str]) -> Scratch {
    let scratch = Scratch::node();
    scratch.write("templates/order.fr.liquid", "---\ntype: order\n---\n{\"title\": \"Commande\", \"body\": \"b\"}\n");
    for name in names {
        scratch.request(name, "order", "{ \"id\": 1 }");
    }
    scratch
}

#[test]
fn a_request_that_is_called_like_a_variant_of_another_one_is_an_error() {
    let scratch = with_requests(&["order/small@fr"]);
    for arguments in
        [&["test"][..], &["test", "--update", "all"], &["accept"], &["reject"], &["test", "--update", "none"]]
    {
        let run = scratch.run(arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert!(
            run.stderr.contains("error[colliding-names]: two snapshots would be called `order/small@fr`"),
            "{arguments:?}: {run:?}"
        );
        assert!(scratch.snapshots().is_empty(), "{arguments:?}");
    }
    assert!(scratch.run(&["test"]).stderr.contains("nothing is written: the names of some snapshots collide"));
    scratch.remove("fixtures/requests/order/small@fr.json");
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 0);
    assert_eq!(scratch.snapshots().len(), 5, "three requests, two of them in two languages");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_one_file_on_other_systems_are_errors() {
    for (names, message) in [
        (
            &["order/SMALL"][..],
            "error[colliding-names]: the snapshots `order/small` and `order/SMALL` are the same file",
        ),
        (&["Order/small"], "error[colliding-names]: the snapshots `order/small` and `Order/small` are the same file"),
        (&["order/zo\u{eb}", "order/zoe\u{308}"], "error[colliding-names]: the snapshots"),
        (&["order/Small@FR"], "error[colliding-names]: the snapshots"),
        (&["order/con"], "error[reserved-name]: `order/con` cannot be a file on Windows"),
        (&["aux/x"], "error[reserved-name]: `aux/x` cannot be a file on Windows"),
    ] {
        let scratch = with_requests(names);
        let run = scratch.run(&["test", "--format", "concise"]);
        assert!(run.code == 2 && run.stderr.contains(message), "{names:?}: {run:?}");
        assert!(scratch.snapshots().is_empty(), "{names:?}");
    }
    let scratch = with_requests(&["order/small@de", "order/smaller", "console"]);
    assert_eq!(scratch.run(&["test", "--update", "all"]).code, 0, "no false alarm");
}

#[test]
fn new_requests_do_not_get_such_names() {
    let scratch = with_requests(&[]);
    for (name, message) in [
        ("small@fr", "the snapshot of `order/small@fr` would be that of `order/small` in another language"),
        ("SMALL", "the snapshots of `order/SMALL` and `order/small` would be the same file"),
        ("nul", "Windows reserves it for a device"),
    ] {
        let run = scratch.run(&["request", "order", name]);
        assert!(run.code == 2 && run.stderr.contains(message), "{name}: {run:?}");
    }
    assert_eq!(scratch.run(&["request", "order", "medium"]).code, 0);
}
