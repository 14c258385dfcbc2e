// Findings: what is wrong with a message, as text that wraps, with its place, help, and a button that copies it.

import { make, scrollable } from "./dom.js";

const NAMES = { error: "error", warning: "warning", info: "note" };

function finding({ severity, code, message, file, start, help }) {
  const place = file && make("code", { className: "place" }, start ? `${file}:${start.line}:${start.column}` : file);
  return make("li", { className: `finding ${severity}` },
    make("p", {}, make("span", { className: `pill ${severity}` }, NAMES[severity] ?? severity), " ", make("strong", {}, message)),
    make("p", { className: "faint" }, place, place && code ? " · " : "", code ?? ""),
    ...(help ?? []).map((text) => make("p", { className: "help" }, text)));
}

/** The findings. `explanation` is the text of the terminal, with excerpts of the files. */
export function findings(diagnostics, explanation, isFailed) {
  const copy = make("button", { type: "button", className: "quiet copy", "data-id": "copy findings" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(explanation);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  const excerpts = make("details", { open: true }, make("summary", {}, "In the files"), scrollable(explanation, "", "Excerpts of the files"));
  return make("div", { className: `explanation${isFailed ? " failed" : ""}`, role: "group", "aria-label": "Findings" },
    copy, make("ul", {}, diagnostics.map(finding)), diagnostics.some(({ file }) => file) && excerpts);
}
