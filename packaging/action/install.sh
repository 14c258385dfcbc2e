#!/usr/bin/env bash
# Downloads a release, verifies it, and puts `inkproof` on the path of the steps that follow.
set -euo pipefail

fail() { printf '::error title=inkproof::%s\n' "$*"; exit 2; }

manifest="$GITHUB_ACTION_PATH/Cargo.toml"
repository=$(sed -n 's/^repository = "\(.*\)"/\1/p' "$manifest" | head -n 1)
version="${REQUESTED_VERSION#v}"
version="${version:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$manifest" | head -n 1)}"

case "$RUNNER_OS/$RUNNER_ARCH" in
  Linux/X64) target=x86_64-unknown-linux-musl ;;
  Linux/ARM64) target=aarch64-unknown-linux-musl ;;
  macOS/X64) target=x86_64-apple-darwin ;;
  macOS/ARM64) target=aarch64-apple-darwin ;;
  Windows/X64) target=x86_64-pc-windows-msvc ;;
  *) fail "there is no release for $RUNNER_OS on $RUNNER_ARCH" ;;
esac
folder="inkproof-$version-$target"
case "$target" in *-windows-*) archive="$folder.zip" ;; *) archive="$folder.tar.gz" ;; esac
url="${DOWNLOAD_URL:-$repository/releases/download/v$version}"

place=$(mktemp -d "$RUNNER_TEMP/inkproof.XXXXXX")
cd "$place"
for file in SHA256SUMS "$archive"; do
  curl --fail --silent --show-error --location --retry 3 --output "$file" "$url/$file" ||
    fail "\`$url/$file\` cannot be downloaded; is $version a release?"
done

expected=$(awk -v name="$archive" '$2 == name { print $1 }' SHA256SUMS)
if command -v sha256sum > /dev/null; then sum=(sha256sum); else sum=(shasum --algorithm 256); fi
actual=$("${sum[@]}" "$archive" | awk '{ print $1 }')
[[ -n "$expected" && "$actual" == "$expected" ]] ||
  fail "the checksum of \`$archive\` is $actual, but SHA256SUMS says ${expected:-nothing about it}"
if [[ "$VERIFY_PROVENANCE" == true ]]; then
  gh attestation verify "$archive" --repo "${repository#https://github.com/}" ||
    fail "\`$archive\` has no valid attestation of $repository; \`verify-provenance: false\` leaves this out"
fi

case "$archive" in *.zip) unzip -q "$archive" ;; *) tar -xzf "$archive" ;; esac
installed=$("$place/$folder/inkproof" --version)
[[ "$installed" == "inkproof $version" ]] || fail "expected inkproof $version, but the archive contains $installed"
echo "$place/$folder" >> "$GITHUB_PATH"
echo "version=$version" >> "$GITHUB_OUTPUT"
# So that `inkproof check --format concise`, in a step of the user's own, annotates as well.
echo "::add-matcher::$GITHUB_ACTION_PATH/packaging/action/problem-matcher.json"
echo "installed $installed"
