// The state of the page, which is stored in its URL: the view, the selection, and the edits.

export const VIEWS = ["inbox", "templates", "gallery", "audience"];

function read() {
  const [view, query] = location.hash.slice(1).split("?");
  const given = new URLSearchParams(query);
  return {
    view: VIEWS.includes(view) ? view : "inbox",
    to: given.get("to"),
    topics: given.getAll("topic"),
    kind: given.get("type"),
    status: given.get("status"),
    channel: given.get("channel"),
    unread: given.has("unread"),
    search: given.get("text") ?? "",
    message: given.get("message"),
    template: given.get("template"),
    request: given.get("request"),
    lax: given.has("lax"),
    data: given.get("data"), // the edited data; null if it was not edited
    person: given.get("person"), // such as `id:user_123`; null for the request's own
    customer: given.get("customer"), // the edited customer; null if it was not edited
    edited: given.get("edited"), // the edited template; null if it was not edited
    editedFile: given.get("file"), // its file
    width: given.get("width"), // `phone`, `desktop` or null
    isPrivate: false, // whether the edits are the data of a person, which is not stored in the URL
  };
}

export const state = read();

/** The state without edits. */
export const UNTOUCHED = { data: null, person: null, customer: null, edited: null, editedFile: null, isPrivate: false };

export function readAgain() {
  Object.assign(state, read());
}

/** Writes the state to the URL: as a new entry of the history if something was opened, so that *back* closes it. */
export function write(opens = false) {
  const entries = {
    inbox: () => [["to", state.to], ...state.topics.map((topic) => ["topic", topic]), ["type", state.kind], ["status", state.status], ["channel", state.channel],
      ["unread", state.unread ? "1" : null], ["text", state.search || null], ["message", state.message]],
    templates: () => [["template", state.template], ["request", state.request], ["lax", state.lax ? "1" : null], ["data", state.isPrivate ? null : state.data],
      ["person", state.person], ["customer", state.isPrivate ? null : state.customer], ["file", state.editedFile], ["edited", state.edited], ["width", state.width]],
    gallery: () => [["text", state.search || null], ["width", state.width]],
    audience: () => [["template", state.template], ["request", state.request]],
  };
  const query = new URLSearchParams(entries[state.view]().filter(([, value]) => value !== null && value !== undefined)).toString();
  const method = opens ? "pushState" : "replaceState";
  history[method](null, "", `#${state.view}${query ? `?${query}` : ""}`);
}
