// A card: a message as an inbox shows it, or why there is none.

import { make, text } from "./dom.js";
import { expiry } from "./time.js";

export function firstError(diagnostics) {
  const error = diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (!error) return ["the message would be lost"];
  const place = error.file && make("code", { className: "place" }, `${error.file}:${error.start.line}:${error.start.column}`);
  return [error.message, place];
}

export const titleOf = (message) => (message.properties.title === undefined ? "(no title)" : text(message.properties.title));

/** The parts of a card. `corner` is shown next to the title. */
export function cardParts(message, fallback, diagnostics, corner) {
  if (!message) {
    return [
      make("span", { className: "line" }, make("span", { className: "title bad" }, `${fallback} failed`), corner),
      make("span", { className: "body" }, firstError(diagnostics)),
    ];
  }
  const { body } = message.properties;
  const warnings = diagnostics.length;
  const topics = message.topics.map((topic) => make("span", { className: "tag" }, topic));
  return [
    make("span", { className: "line" }, make("span", { className: "title" }, titleOf(message)), corner),
    body !== undefined && make("span", { className: "body" }, text(body)),
    make("span", { className: "meta" },
      make("span", { className: "tags" }, message.type && make("span", { className: "tag kind" }, message.type), topics),
      warnings > 0 && make("span", { className: "warn" }, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`),
      make("span", { className: "expiry", "data-expiry": message.expiry }, expiry(message.expiry))),
  ];
}
