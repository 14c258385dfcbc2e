#!/usr/bin/env bash
# Uploads what `inkproof check` finds to the repository's code scanning.
set -euo pipefail

read -ra arguments <<< "$MORE_ARGUMENTS"
report=$(mktemp "$RUNNER_TEMP/inkproof.XXXXXX")
code=0
inkproof -C "$PROJECT" check --format sarif ${arguments[@]+"${arguments[@]}"} > "$report" || code=$?
# 1 says that there are findings, which the step `check` fails for.
[[ "$code" -le 1 ]] || exit "$code"

packed=$(gzip --stdout "$report" | base64 | tr -d '\n')
printf '{"commit_sha": "%s", "ref": "%s", "tool_name": "inkproof", "sarif": "%s"}' "$GITHUB_SHA" "$GITHUB_REF" "$packed" |
  gh api --method POST "repos/$GITHUB_REPOSITORY/code-scanning/sarifs" --input - --silent
