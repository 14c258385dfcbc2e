#!/usr/bin/env bash
# Says in the job's summary, and in one comment on the pull request, which messages the pull request changes.
set -euo pipefail

base="origin/$GITHUB_BASE_REF"
if ! git -C "$PROJECT" merge-base "$base" HEAD > /dev/null 2>&1; then
  echo "::error title=inkproof::this clone lacks the history that leads to $base; give actions/checkout \`fetch-depth: 0\`"
  exit 2
fi

# The same project keeps its comment; another project of the same repository has its own.
marker="<!-- inkproof: $(printf '%s' "$PROJECT" | tr -c '[:alnum:]/._-' '_') -->"
report=$(mktemp "$RUNNER_TEMP/inkproof.XXXXXX")
code=0
inkproof -C "$PROJECT" diff "$base...HEAD" --format markdown > "$report" || code=$?
if [[ ! -s "$report" && "$code" -ne 0 ]]; then
  exit "$code"
fi
cat "$report" >> "$GITHUB_STEP_SUMMARY"
# 2 says that files of a revision cannot be used, and the report which ones.
changed=true
if [[ "$code" -eq 0 && "$(inkproof -C "$PROJECT" diff "$base...HEAD" --format json)" == "[]" ]]; then
  changed=false
fi
echo "changed=$changed" >> "$GITHUB_OUTPUT"

body=$(mktemp "$RUNNER_TEMP/inkproof.XXXXXX")
# `inkproof diff` keeps below what GitHub takes as a comment.
{ printf '%s\n' "$marker"; cat "$report"; } > "$body"

publish() {
  local comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments" known
  known=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id") || return
  known="${known%%$'\n'*}"
  if [[ -n "$known" ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$known" --field "body=@$body"
  elif [[ "$changed" == true ]]; then
    gh api --silent --method POST "$comments" --field "body=@$body"
  fi
}

# Pull requests of forks have a token that may only read.
publish || echo "::notice title=inkproof::the comment could not be written; the job's summary has what it would say"
