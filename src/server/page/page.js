// The page of `inkproof serve`: an inbox of the messages that were sent, an editor to try out templates, and reports on audiences.

import { readAgain, state, VIEWS, write } from "./address.js";
import * as audience from "./audience.js";
import { API, ask, at, oneAtATime } from "./dom.js";
import * as gallery from "./gallery.js";
import * as inbox from "./inbox.js";
import * as templates from "./templates.js";
import { tick } from "./time.js";

function report(error) {
  at("connection").textContent = error.message;
  at("connection").dataset.state = "bad";
}

/** Changes the state, in the URL as well, and redraws the page. */
function change(part) {
  const opens = Boolean(part.message) && state.message === null;
  Object.assign(state, part);
  write(opens);
  draw();
}

/** The titles of the views. */
const TITLES = { inbox: "Inbox", templates: "Templates", gallery: "All messages", audience: "Audience" };

function draw() {
  for (const view of VIEWS) {
    at(view).hidden = state.view !== view;
    if (state.view === view) at(`to-${view}`).setAttribute("aria-current", "page");
    else at(`to-${view}`).removeAttribute("aria-current");
  }
  document.title = `${TITLES[state.view]} · inkproof`;
  ({ inbox, templates, gallery, audience })[state.view].draw();
}

function listen() {
  const refresh = oneAtATime(inbox.refresh, report);
  const reload = oneAtATime(templates.reload, report);
  const source = new EventSource(`${API}/changes`);
  let version = -1;
  const connected = (text, kind) => {
    at("connection").textContent = text;
    at("connection").dataset.state = kind;
  };
  source.onopen = () => connected("live", "good");
  source.onerror = () => connected("the server cannot be reached; retrying…", "bad");
  source.addEventListener("change", (event) => {
    const seen = JSON.parse(event.data);
    refresh();
    if (seen.project !== version) {
      version = seen.project;
      reload();
      gallery.refresh();
      audience.reload().catch(report);
    }
  });
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (state.view !== "inbox") return;
  const keys = { j: () => inbox.move(1), k: () => inbox.move(-1), "/": () => at("search").focus() };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
addEventListener("hashchange", () => {
  readAgain();
  draw();
  if (state.view === "templates") templates.fill();
  if (state.view === "gallery") gallery.refresh();
});
setInterval(tick, 1000);

inbox.start(change, report);
templates.start(change, report);
gallery.start(change);
audience.start(change, templates.fill, report);
draw();
ask(`${API}/health`).then(({ project }) => { at("project-name").textContent = project.name ?? ""; }).catch(report);
listen();
