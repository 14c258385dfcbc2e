#!/usr/bin/env bash
# Runs `inkproof check` or `inkproof test` so that what it finds is annotated, and ends with its exit code.
set -euo pipefail

read -ra arguments <<< "$MORE_ARGUMENTS"
code=0
CI=true inkproof -C "$PROJECT" "$1" --format github ${arguments[@]+"${arguments[@]}"} || code=$?
echo "code=$code" >> "$GITHUB_OUTPUT"
exit "$code"
