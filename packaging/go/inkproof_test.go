package inkproof_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	inkproof "github.com/inkproof/inkproof/packaging/go"
)

// The helpers fail the test that calls them, so that failures are looked at in a test process of their own.
const caseVariable = "INKPROOF_GO_CASE"

func project(t *testing.T) string {
	t.Helper()
	program, err := inkproof.Program()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "messages")
	for _, arguments := range [][]string{{"init", dir}, {"-C", dir, "test", "--update", "all"}} {
		if output, err := exec.Command(program, arguments...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", arguments, err, output)
		}
	}
	return dir
}

func TestGoodProject(t *testing.T) {
	dir := project(t)
	inkproof.Check(t, dir)
	inkproof.Test(t, dir)
}

func TestCase(t *testing.T) {
	switch os.Getenv(caseVariable) {
	case "check":
		inkproof.Check(t, os.Getenv("INKPROOF_GO_PROJECT"))
	case "test":
		inkproof.Test(t, os.Getenv("INKPROOF_GO_PROJECT"), "order_shipped")
	default:
		t.Skip("started by the other tests")
	}
}

func fails(t *testing.T, which string, dir string, expected string, environment ...string) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run", "^TestCase$")
	command.Env = append(os.Environ(), append(environment, caseVariable+"="+which, "INKPROOF_GO_PROJECT="+dir)...)
	output, err := command.CombinedOutput()
	if err == nil || !strings.Contains(string(output), expected) {
		t.Errorf("expected a failure with %q, got %v and\n%s", expected, err, output)
	}
}

func TestFailures(t *testing.T) {
	dir := project(t)
	template := filepath.Join(dir, "templates", "order_shipped.liquid")
	if err := os.WriteFile(template, []byte("---\n---\n{\"title\": \"{{ trigger.nothing }}\", \"body\": \"\"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	fails(t, "check", dir, "trigger.nothing")
	fails(t, "test", dir, "order_shipped/standard")
	fails(t, "check", dir, "INKPROOF_BIN", "INKPROOF_BIN=/nowhere/inkproof")
	fails(t, "check", dir, inkproof.ErrNotFound.Error(), "INKPROOF_BIN=", "PATH=/nowhere")
}
