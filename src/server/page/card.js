// A card: a message as an inbox shows it, or why there is none.

import { make, marked, text } from "./dom.js";
import { fileName, parts } from "./properties.js";
import { expiry } from "./time.js";

export function firstError(diagnostics) {
  const error = diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (!error) return ["the message would be lost"];
  const place = error.file && make("code", { className: "place" }, `${error.file}:${error.start.line}:${error.start.column}`);
  return [error.message, place];
}

export const titleOf = (message) => (message.properties.title === undefined ? "(no title)" : text(message.properties.title));

/** Addresses that are opened from this page. Others, such as those of apps, are only shown. */
const OPENED = /^(https?|mailto|tel|sms):/i;

/** An image. The page loads nothing from other hosts, so only an image within the message itself is drawn. */
function image({ name, label, address }) {
  if (/^data:image\//i.test(address)) return make("img", { className: "picture", src: address, alt: label ?? name });
  return make("span", { className: "picture", title: address }, "Image: ", label ?? fileName(address));
}

/** A button: a link on a large card, and only its label on a small one, which is a button itself. */
function button({ name, label, address }, isLarge) {
  const shown = label ?? name;
  if (!isLarge || !OPENED.test(address)) return make("span", { className: "cta", title: address }, shown);
  return make("a", { className: "cta", href: address, target: "_blank", rel: "noreferrer", title: address }, shown);
}

const datum = ({ name, value }, source) => make("span", { className: "datum" },
  make("span", { className: "faint" }, name), " ", marked(value, [name], source));

/** What a message has besides title and body. A small card shows only images and buttons. */
function others(message, { isLarge, source }) {
  const all = parts(message.properties);
  const of = (kind) => all.filter((part) => part.kind === kind);
  const row = (className, items) => items.length > 0 && make("span", { className }, items);
  return [
    row("pictures", of("image").map(image)),
    row("ctas", of("button").map((part) => button(part, isLarge))),
    isLarge && row("data", of("data").map((part) => datum(part, source))),
  ];
}

/**
 * The parts of a card. `corner` is shown next to the title. A large card shows every property. With the source of the
 * template, what its expressions printed has their colors.
 */
export function cardParts(message, fallback, diagnostics, corner, options = {}) {
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
    make("span", { className: "line" }, make("span", { className: "title" }, message.properties.title === undefined ? titleOf(message) : marked(message.properties.title, ["title"], options.source)), corner),
    body !== undefined && make("span", { className: "body" }, marked(body, ["body"], options.source)),
    ...others(message, options),
    make("span", { className: "meta" },
      make("span", { className: "tags" }, message.type && make("span", { className: "tag kind" }, message.type), topics),
      warnings > 0 && make("span", { className: "warn" }, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`),
      make("span", { className: "expiry", "data-expiry": message.expiry }, expiry(message.expiry))),
  ];
}
