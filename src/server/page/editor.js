// Links to the files of the project in the user's editor.

import { make } from "./dom.js";

/** What is not a file of the project: what was sent, or typed on the page. */
const NO_FILES = ["request.json", "customer.json"];

let address = null; // with `{file}`, `{line}` and `{column}`; null if there are no links

export function setEditor(given) {
  address = given;
}

/** The address of a place of a file; undefined if it cannot be opened. */
export function editorAddress(file, start = { line: 1, column: 1 }) {
  if (!address || !file || NO_FILES.includes(file)) return undefined;
  const path = file.split("/").map(encodeURIComponent).join("/");
  return address.replaceAll("{file}", path).replaceAll("{line}", start.line).replaceAll("{column}", start.column);
}

/** A link that opens a place in the editor. */
export function editorLink(file, start, label = "open in editor") {
  const href = editorAddress(file, start ?? undefined);
  return href && make("a", { className: "editor-link", href, title: `${file}:${start?.line ?? 1}` }, label);
}
