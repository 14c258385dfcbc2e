// The differences between messages and their accepted snapshots, and the button that accepts them.

import { API, ask, at, make, replace, scrollable } from "./dom.js";
import { editorLink } from "./editor.js";

const STATUS = { unchanged: "good", new: "warn", different: "warn", unusable: "bad" };

let snapshots = []; // of one template
let template = null; // its name
let outcome = { of: null, text: "" }; // what the last attempt to accept did, and of which request it was
let redraw;

/** Loads the snapshots of a template. */
export async function load(name) {
  template = name;
  const answer = await ask(`${API}/snapshots/${encodeURIComponent(name)}`);
  if (template === name) snapshots = answer.snapshots;
}

async function accept(snapshot) {
  try {
    const { file } = await ask(`${API}/snapshots`, { method: "PUT", body: JSON.stringify({ name: snapshot.name, contents: snapshot.contents }) });
    outcome = { of: snapshot.request, text: `Accepted as ${file}` };
  } catch (error) {
    outcome = { of: snapshot.request, text: error.message };
  }
  await load(template).catch(() => {});
  redraw();
}

const LINES = { "+": "ins", "-": "del", " ": "span" };

function diff({ hunks, name }) {
  const lines = hunks.flatMap((hunk, index) => [
    index > 0 && make("span", { className: "gap" }, "⋯\n"),
    ...hunk.lines.map(({ mark, parts }) => make(LINES[mark], {}, `${mark} `,
      parts.map(({ changed, text }) => (changed ? make("b", {}, text) : text)), parts.at(-1)?.text.endsWith("\n") ? "" : "\n")),
  ]);
  return scrollable(lines.filter(Boolean), "diff", `Difference of ${name}`);
}

function entry(snapshot) {
  const { status, name, file, error, hunks } = snapshot;
  const canAccept = status === "new" || status === "different";
  return make("li", { className: "snapshot" },
    make("div", { className: "bar" },
      make("span", { className: `cell ${STATUS[status]}` }, status), make("code", {}, name),
      status !== "new" && editorLink(file),
      canAccept && make("button", { type: "button", "data-id": `accept ${name}`, "aria-label": `Accept ${name}`, onclick: () => accept(snapshot) }, "Accept")),
    error && make("p", { className: "error" }, error),
    hunks.length > 0 && diff(snapshot));
}

/** Draws the snapshots of a request, in every language. */
export function draw(chosen, request, isEdited) {
  const own = chosen && template === chosen ? snapshots.filter((one) => one.request === request) : [];
  at("snapshots").hidden = own.length === 0;
  at("snapshots-note").textContent = isEdited ? "Compares the saved files, without your edits." : "";
  replace(at("snapshot-list"), own.map(entry));
  // It stays while the page is drawn again, until another request is chosen.
  if (outcome.of !== request || template !== chosen) outcome = { of: null, text: "" };
  at("snapshots-outcome").textContent = outcome.text;
}

export function start(draws) {
  redraw = draws;
}
