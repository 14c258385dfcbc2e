// Package inkproof makes the messages of an inkproof project part of `go test`.
//
// It starts the inkproof program, which `INKPROOF_BIN` names or which is on the `PATH`; it does not contain it.
//
//	func TestMessages(t *testing.T) {
//		inkproof.Check(t, "../messages")
//		inkproof.Test(t, "../messages")
//	}
package inkproof

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// ErrNotFound says that there is no inkproof program on this machine.
var ErrNotFound = errors.New("inkproof is not on the PATH, and INKPROOF_BIN does not name it")

// Program is the path of the inkproof program.
func Program() (string, error) {
	name := os.Getenv("INKPROOF_BIN")
	if name == "" {
		name = "inkproof"
	}
	path, err := exec.LookPath(name)
	if err == nil || errors.Is(err, exec.ErrDot) {
		return path, err
	}
	if name != "inkproof" {
		return "", fmt.Errorf("INKPROOF_BIN: %w", err)
	}
	return "", ErrNotFound
}

// Check fails the test if `inkproof check` finds anything in the project in dir. Arguments such as names of templates may follow.
func Check(t *testing.T, dir string, arguments ...string) {
	t.Helper()
	run(t, dir, append([]string{"check"}, arguments...))
}

// Test fails the test if a message of the project in dir differs from its snapshot. No snapshot is written.
func Test(t *testing.T, dir string, arguments ...string) {
	t.Helper()
	run(t, dir, append([]string{"test", "--update", "none"}, arguments...))
}

func run(t *testing.T, dir string, arguments []string) {
	t.Helper()
	program, err := Program()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(program, append([]string{"-C", dir, "--color", "never"}, arguments...)...)
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("inkproof %s: %v\n%s", arguments[0], err, output)
	}
}
