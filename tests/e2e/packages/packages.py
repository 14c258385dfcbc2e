#!/usr/bin/env python3
"""Installs each package into an empty folder, uses it as a person would, and uninstalls it.

    tests/e2e/packages/packages.py [TEST…]        needs what `packaging/build` has built from release archives

The programs run with an empty environment and a `PATH` that has an interpreter, its package manager and a shell, but no Rust and
no C compiler. What is not on this machine is skipped and named; with `CI` set that is a failure.
"""

import contextlib
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PACKAGES = TARGET / "packages"
ARCHIVES = TARGET / "release-archives"
MACHINE = {"x86_64": ("x86_64", "x64"), "aarch64": ("aarch64", "arm64")}[os.uname().machine]
# Nothing is expected to take this long: a program that does not end fails its test instead of holding up the others.
PATIENCE = 60


def one(folder: pathlib.Path, pattern: str) -> pathlib.Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"expected one `{pattern}` in `{folder}`, found {len(found)}; build it with `packaging/build`")
    return found[0]


class Sandbox:
    """An empty folder, and an environment in which little more than some named programs can be found."""

    def __init__(self, folder: pathlib.Path, *programs: str) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "home").mkdir()
        for program in ("sh", "env", *programs):
            (folder / "bin" / program).symlink_to(pathlib.Path(shutil.which(program)).absolute())
        self.environment = {"PATH": str(folder / "bin"), "HOME": str(folder / "home"), "TERM": "xterm", "LC_ALL": "C.UTF-8"}

    def run(self, *command: object, **more: object) -> subprocess.CompletedProcess:
        environment = {**self.environment, **more.pop("env", {})}
        return subprocess.run(
            [str(word) for word in command], env=environment, capture_output=True, text=True, timeout=PATIENCE,
            **{"cwd": self.folder, "stdin": subprocess.DEVNULL, **more},
        )

    def must(self, *command: object, **more: object) -> str:
        result = self.run(*command, **more)
        if result.returncode != 0:
            raise AssertionError(f"{command} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
        return result.stdout


def press_ctrl_c(command: list[str], environment: dict[str, str], folder: pathlib.Path, after: bytes) -> int:
    """Starts a program at a terminal of its own, presses Ctrl-C once it has printed something, and gives its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(command[0], command, environment)
    shown, end = b"", time.monotonic() + PATIENCE
    with contextlib.suppress(OSError):  # Linux reports an error where the other side of a terminal is closed.
        pressed = False
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 4096) or b""
            if not pressed and after in shown:
                os.write(terminal, b"\x03")
                pressed = True
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
    if time.monotonic() >= end:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    assert after in shown, shown.decode(errors="replace")
    return os.waitstatus_to_exitcode(status)


def signal_server(command: list[str], environment: dict[str, str], folder: pathlib.Path, number: int) -> int:
    """Starts the server without a terminal, signals the process that was started, and gives its exit code."""
    server = subprocess.Popen(
        [*command, "serve", "--port", "0"], env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL, start_new_session=True,
    )
    assert server.stdout.readline().startswith(b"http://127.0.0.1:")
    server.send_signal(number)
    try:
        return server.wait(PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.stdout.close()


class Packages(unittest.TestCase):
    maxDiff = None

    def sandbox(self, *programs: str) -> Sandbox:
        missing = [program for program in programs if shutil.which(program) is None]
        if missing:
            reason = f"needs {', '.join(missing)}"
            self.fail(reason) if os.environ.get("CI") else self.skipTest(reason)
        folder = tempfile.TemporaryDirectory(prefix="inkproof-package-")
        self.addCleanup(folder.cleanup)
        return Sandbox(pathlib.Path(folder.name).resolve(), *programs)

    def use(self, sandbox: Sandbox, *command: object, root: pathlib.Path | None = None) -> None:
        """Uses an installed program for everything that a package can get wrong."""
        start = [str(word) for word in command]
        place = root or sandbox.folder
        project = place / "project"
        inside = pathlib.Path("/project") if root else project

        def code(*arguments: str, **more: object) -> int:
            return sandbox.run(*start, *arguments, **more).returncode

        self.assertRegex(sandbox.must(*start, "--version"), r"^inkproof \d+\.\d+\.\d+")
        sandbox.must(*start, "init", inside)
        here = [*start, "-C", str(inside)]
        self.assertIn("Order #1042 has shipped!", sandbox.must(*here, "preview"))
        sandbox.must(*here, "check")
        self.assertEqual(code("-C", str(inside), "test", env={"CI": "true"}), 1, "no snapshots yet")
        sandbox.must(*here, "test", "--update", "all")
        sandbox.must(*here, "test", env={"CI": "true"})
        printed = sandbox.run(*start, "liquid", stdin=None, input="{{ 'a b' | split: ' ' | join: '-' }}")
        self.assertEqual((printed.stdout.strip(), printed.returncode), ("a-b", 0), "standard input and output")

        self.assertEqual(signal_server(here, sandbox.environment, place, signal.SIGTERM), 143)
        self.assertEqual(signal_server(here, sandbox.environment, place, signal.SIGINT), 130)
        self.assertEqual(press_ctrl_c([*here, "serve", "--port", "0"], sandbox.environment, place, b"http://"), 130)
        self.assertEqual(press_ctrl_c([*here, "render", "--watch"], sandbox.environment, place, b"shipped!"), 130)

        template = project / "templates/order_shipped.liquid"
        template.write_text('---\n---\n{"title": "{{ trigger.order_numbr }}", "body": ""}\n')
        codes = {name: code("-C", str(inside), name) for name in ("preview", "check", "test")}
        self.assertEqual(codes, {"preview": 1, "check": 1, "test": 1}, "findings")
        (project / "inkproof.toml").write_text("[paths\n")
        codes = {name: code("-C", str(inside), name) for name in ("preview", "check", "test")}
        self.assertEqual(codes, {"preview": 2, "check": 2, "test": 2}, "configuration")
        shutil.rmtree(project)

    def test_archive(self) -> None:
        sandbox = self.sandbox()
        archive = one(ARCHIVES, f"inkproof-*-{MACHINE[0]}-unknown-linux-musl.tar.gz")
        with tarfile.open(archive) as packed:
            names = packed.getnames()
            packed.extractall(sandbox.folder, filter="data")
        folder = sandbox.folder / names[0]
        contents = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        expected = {"inkproof", "README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSE-APACHE", "inkproof.schema.json"}
        expected |= {"THIRD-PARTY-LICENSES.txt"}
        expected |= {f"completions/inkproof.{shell}" for shell in ("bash", "elvish", "fish", "powershell", "zsh")}
        self.assertLessEqual(expected | {"man/inkproof.1", "man/inkproof-preview.1"}, contents)
        with (folder / "inkproof").open("rb") as program:
            self.assertEqual(program.read(18)[16:], b"\x03\x00", "its addresses cannot be random (the type in its ELF header)")
        self.use(sandbox, folder / "inkproof")

    def test_empty_root(self) -> None:
        """The program needs nothing of a system: no C library, no time zones, no `/tmp`, no `/dev`, no `/etc`."""
        if os.geteuid() != 0:
            self.skipTest("only root may use chroot")
        sandbox = self.sandbox("chroot")
        root = sandbox.folder / "root"
        root.mkdir()
        with tarfile.open(one(ARCHIVES, f"inkproof-*-{MACHINE[0]}-unknown-linux-musl.tar.gz")) as packed:
            (root / "inkproof").write_bytes(packed.extractfile(f"{packed.getnames()[0]}/inkproof").read())
        (root / "inkproof").chmod(0o755)
        self.use(sandbox, sandbox.folder / "bin/chroot", root, "/inkproof", root=root)

    def install_npm(self, sandbox: Sandbox, *more: str) -> pathlib.Path:
        """A Node project that depends on the packed packages; gives its script."""
        project = sandbox.folder / "app"
        project.mkdir()
        (project / "package.json").write_text('{"private": true}\n')
        main = one(PACKAGES / "npm", "inkproof-[0-9]*.tgz")
        platform = one(PACKAGES / "npm", f"inkproof-linux-{MACHINE[1]}-*.tgz")
        packages = [main] if more else [main, platform]
        sandbox.must("npm", "install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", *more, *packages, cwd=project)
        return project / "node_modules/.bin/inkproof"

    def test_npm(self) -> None:
        sandbox = self.sandbox("node", "npm", "npx")
        script = self.install_npm(sandbox)
        self.use(sandbox, script)
        self.assertRegex(sandbox.must("npx", "--offline", "inkproof", "--version", cwd=script.parents[2]), "^inkproof ")
        sandbox.must("npm", "uninstall", "--offline", "inkproof", f"@inkproof/linux-{MACHINE[1]}", cwd=script.parents[2])
        self.assertEqual([path for path in script.parents[1].rglob("*inkproof*") if path.is_file()], [])

    def test_npm_without_its_platform_package(self) -> None:
        sandbox = self.sandbox("node", "npm")
        script = self.install_npm(sandbox, "--omit=optional")
        result = sandbox.run(script, "--version")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn(f"the package `@inkproof/linux-{MACHINE[1]}`, which contains the program, is not installed", result.stderr)
        self.assertIn("remove `node_modules` and the lock file", result.stderr)

        with tarfile.open(one(PACKAGES / "npm", f"inkproof-linux-{MACHINE[1]}-*.tgz")) as packed:
            (sandbox.folder / "elsewhere").mkdir()
            program = sandbox.folder / "elsewhere/inkproof"
            program.write_bytes(packed.extractfile("package/bin/inkproof").read())
            program.chmod(0o755)
        named = sandbox.run(script, "--version", env={"INKPROOF_BIN": str(program)})
        self.assertRegex(named.stdout, "^inkproof ")
        path = f"{script.parent}{os.pathsep}{sandbox.environment['PATH']}{os.pathsep}{program.parent}"
        found = sandbox.run(script, "--version", env={"PATH": path})
        self.assertRegex(found.stdout, "^inkproof ")

        for wrong in ("/nowhere/inkproof", str(sandbox.folder)):
            result = sandbox.run(script, "--version", env={"INKPROOF_BIN": wrong})
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"`INKPROOF_BIN` names `{wrong}`", result.stderr)

        # A second copy of the script on the `PATH`, as a global installation leaves it, must not be started for ever.
        copy = sandbox.folder / "global/bin/inkproof"
        shutil.copytree(script.resolve().parents[1], copy.parents[1])
        copy.parent.joinpath("inkproof.js").rename(copy)
        result = sandbox.run(script, env={"PATH": f"{copy.parent}{os.pathsep}{sandbox.environment['PATH']}"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("is not installed", result.stderr)

    def test_npm_on_a_platform_without_a_package(self) -> None:
        sandbox = self.sandbox("node", "npm")
        script = self.install_npm(sandbox, "--omit=optional")
        pretend = sandbox.folder / "pretend.js"
        pretend.write_text('Object.defineProperty(process, "arch", { value: "riscv64" });\n')
        result = sandbox.run("node", "--require", pretend, script.resolve())
        self.assertEqual(result.returncode, 2)
        self.assertIn("inkproof has no npm package for linux-riscv64", result.stderr)

    def test_npm_ends_as_the_program_ends(self) -> None:
        sandbox = self.sandbox("node", "npm")
        script = self.install_npm(sandbox, "--omit=optional")
        program = sandbox.folder / "killed"
        program.write_text("#!/bin/sh\nkill -s $1 $$\n")
        program.chmod(0o755)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGSEGV):
            name = number.name.removeprefix("SIG")
            result = sandbox.run(script, name, env={"INKPROOF_BIN": str(program)})
            self.assertEqual(result.returncode, -number, number.name)

    def test_npm_packages_run_nothing_when_installed(self) -> None:
        self.sandbox("npm")
        for package in (PACKAGES / "npm").glob("*.tgz"):
            with tarfile.open(package) as packed:
                description = json.load(packed.extractfile("package/package.json"))
            self.assertNotIn("scripts", description, package.name)

    def test_wheel(self) -> None:
        sandbox = self.sandbox()
        wheel = one(PACKAGES / "wheel", f"*{MACHINE[0]}.whl")
        sandbox.must(sys.executable, "-m", "venv", sandbox.folder / "venv")
        pip = sandbox.folder / "venv/bin/pip"
        sandbox.must(pip, "install", "--no-index", "--disable-pip-version-check", wheel)
        program = sandbox.folder / "venv/bin/inkproof"
        self.use(sandbox, program)
        self.assertEqual(sandbox.must(pip, "check", "--disable-pip-version-check").strip(), "No broken requirements found.")
        sandbox.must(pip, "uninstall", "--yes", "--disable-pip-version-check", "inkproof")
        self.assertEqual([path for path in (sandbox.folder / "venv").rglob("*inkproof*")], [])

    def test_gem(self) -> None:
        sandbox = self.sandbox("ruby", "gem")
        gems = sandbox.folder / "gems"
        sandbox.environment |= {"GEM_HOME": str(gems), "GEM_PATH": str(gems)}
        gem = one(PACKAGES / "gem", f"*-{MACHINE[0]}-linux.gem")
        sandbox.must("gem", "install", "--local", "--no-document", gem)
        program = gems / "bin/inkproof"
        self.use(sandbox, program)
        result = sandbox.run(program, env={"INKPROOF_BIN": "/nowhere"})
        self.assertEqual(result.returncode, 2)
        self.assertIn("`/nowhere`, from `INKPROOF_BIN`, is not a program", result.stderr)
        sandbox.must("gem", "uninstall", "inkproof", "--executables", "--all")
        self.assertEqual([path for path in gems.rglob("*inkproof*")], [])

    def test_go(self) -> None:
        sandbox = self.sandbox("go")
        program = sandbox.folder / "inkproof"
        with tarfile.open(one(ARCHIVES, f"inkproof-*-{MACHINE[0]}-unknown-linux-musl.tar.gz")) as packed:
            program.write_bytes(packed.extractfile(f"{packed.getnames()[0]}/inkproof").read())
        program.chmod(0o755)
        environment = {"INKPROOF_BIN": str(program), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly", "GOPROXY": "off"}
        for command in ("vet", "test"):
            sandbox.must(shutil.which("go"), command, "./...", cwd=ROOT / "packaging/go", env=environment)

    def test_all_contain_the_same_program(self) -> None:
        with tarfile.open(one(ARCHIVES, f"inkproof-*-{MACHINE[0]}-unknown-linux-musl.tar.gz")) as packed:
            program = packed.extractfile(f"{packed.getnames()[0]}/inkproof").read()
        with tarfile.open(one(PACKAGES / "npm", f"inkproof-linux-{MACHINE[1]}-*.tgz")) as packed:
            self.assertEqual(packed.extractfile("package/bin/inkproof").read(), program)
        with zipfile.ZipFile(one(PACKAGES / "wheel", f"*{MACHINE[0]}.whl")) as packed:
            name = next(name for name in packed.namelist() if name.endswith("/scripts/inkproof"))
            self.assertEqual(packed.read(name), program)
        docker = PACKAGES / "docker" / {"x64": "amd64", "arm64": "arm64"}[MACHINE[1]]
        self.assertEqual((docker / "inkproof").read_bytes(), program)

    def test_all_contain_the_licences(self) -> None:
        name = "THIRD-PARTY-LICENSES.txt"
        with tarfile.open(one(PACKAGES / "npm", f"inkproof-linux-{MACHINE[1]}-*.tgz")) as packed:
            self.assertLessEqual({f"package/{name}", "package/LICENSE-MIT", "package/LICENSE-APACHE"}, set(packed.getnames()))
            licenses = packed.extractfile(f"package/{name}").read().decode()
        for crate in ("clap", "rusqlite", "tokio"):
            self.assertRegex(licenses, rf"\n  {crate} \d")
        for crate in ("insta", "proptest", "cc"):
            self.assertNotRegex(licenses, rf"\n  {crate} \d", "it is not part of the program")
        with zipfile.ZipFile(one(PACKAGES / "wheel", f"*{MACHINE[0]}.whl")) as packed:
            self.assertTrue(any(path.endswith(f"/licenses/{name}") for path in packed.namelist()))
        with tarfile.open(one(PACKAGES / "gem", f"*-{MACHINE[0]}-linux.gem")) as packed:
            data = tarfile.open(fileobj=packed.extractfile("data.tar.gz"))
            self.assertIn(name, data.getnames())

    def test_one_version(self) -> None:
        manifest = (ROOT / "Cargo.toml").read_text()
        version = re.search(r'^version = "(.+)"', manifest, re.MULTILINE)[1]
        with tarfile.open(one(PACKAGES / "npm", "inkproof-[0-9]*.tgz")) as packed:
            description = json.load(packed.extractfile("package/package.json"))
        self.assertEqual({description["version"], *description["optionalDependencies"].values()}, {version})
        for pattern in ("npm/*.tgz", "wheel/*.whl", "gem/*.gem"):
            for package in PACKAGES.glob(pattern):
                self.assertIn(f"-{version}", package.name)

    def test_formula(self) -> None:
        formula = (PACKAGES / "homebrew/inkproof.rb").read_text()
        sums = dict(reversed(line.split()) for line in (ARCHIVES / "SHA256SUMS").read_text().splitlines())
        named = re.findall(r'url ".*/(.+)"\n +sha256 "(.+)"', formula)
        self.assertTrue(named)
        self.assertEqual(dict(named), {name: sums[name] for name, _ in named})
        self.assertIn(f"inkproof-{formula.split('version ', 1)[1].split(chr(34))[1]}-", named[0][0])
        sandbox = self.sandbox("ruby")
        self.assertEqual(sandbox.must("ruby", "-c", PACKAGES / "homebrew/inkproof.rb").strip(), "Syntax OK")


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=2)
    failed = len(program.result.failures) + len(program.result.errors)
    skipped = len(program.result.skipped)
    print(f"packages: {program.result.testsRun - failed - skipped} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)
