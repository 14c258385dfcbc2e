// Findings: what is wrong with a message, as text that wraps, with links to its place, help, and a button that copies it.

import { make, scrollable } from "./dom.js";
import { editorLink } from "./editor.js";

const WIDE = matchMedia("(min-width: 901px)"); // excerpts of files do not fit on narrow screens
const NAMES = { error: "error", warning: "warning", info: "note" };

/** The place of a finding: a button if the page can show it, else text. */
function placeOf(diagnostic, index, reveal) {
  const { file, start } = diagnostic;
  if (!file) return undefined;
  const label = start ? `${file}:${start.line}:${start.column}` : file;
  const show = start && reveal?.(diagnostic);
  if (!show) return make("code", { className: "place" }, label);
  return make("button", { type: "button", className: "place link", "data-id": `place ${index} ${label}`, onclick: show }, make("code", {}, label));
}

function finding(diagnostic, index, reveal) {
  const { severity, code, message, file, start, help } = diagnostic;
  const about = [placeOf(diagnostic, index, reveal), editorLink(file, start), code].filter(Boolean);
  return make("li", { className: `finding ${severity}` },
    make("p", {}, make("span", { className: `pill ${severity}` }, NAMES[severity] ?? severity), " ", make("strong", {}, message)),
    make("p", { className: "faint" }, about.flatMap((part, at) => (at === 0 ? [part] : [" · ", part]))),
    ...(help ?? []).map((text) => make("p", { className: "help" }, text)));
}

/**
 * The findings. `explanation` is the text of the terminal, with excerpts of the files. `reveal` gives, for a finding, a function
 * that shows its place on the page, or undefined. `label` names them among others on the page.
 */
export function findings(diagnostics, explanation, isFailed, reveal, label = "Findings") {
  const copy = make("button", { type: "button", className: "quiet copy", "data-id": "copy findings" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(explanation);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  });
  const excerpts = make("details", { open: WIDE.matches }, make("summary", {}, "In the files"), scrollable(explanation, "", `${label} in the files`));
  return make("div", { className: `explanation${isFailed ? " failed" : ""}`, role: "group", "aria-label": label },
    copy, make("ul", {}, diagnostics.map((one, index) => finding(one, index, reveal))), diagnostics.some(({ file }) => file) && excerpts);
}
