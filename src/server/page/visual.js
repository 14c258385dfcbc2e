// How Customer.io's visual inbox, its ready-made user interface, draws messages of its own types. Colors and fonts are settings
// of each account, so this shows what is where.

import { make, marked, text } from "./dom.js";
import { parts } from "./properties.js";
import { age } from "./time.js";

/** The types that it has a layout for. */
const TYPES = ["basic", "image", "cta"];

/** It shows messages with a topic that begins with this. */
const TOPIC = "cio_inbox";

export const isVisual = (message) => TYPES.includes(message.type) || message.topics.some((topic) => topic.startsWith(TOPIC));

/** Why it would not show a message, or not all of it. */
function shortcomings(message, image, button) {
  const { title, body } = message.properties;
  const isEmpty = (value) => value === undefined || value === null || text(value).trim() === "";
  return [
    !TYPES.includes(message.type) && `It has no layout for the type ${message.type ? `“${message.type}”` : "(none)"}: expected basic, image or cta.`,
    !message.topics.some((topic) => topic.startsWith(TOPIC)) && `It shows only messages with a topic that begins with ${TOPIC}.`,
    isEmpty(title) && "It requires a title.",
    isEmpty(body) && "It requires a body.",
    message.type === "image" && !image && "No property is an image.",
    message.type === "cta" && !button && "No property is a link.",
  ].filter(Boolean);
}

export function visualInbox(message, source) {
  const all = parts(message.properties);
  const image = all.find(({ kind }) => kind === "image");
  const button = all.find(({ kind }) => kind === "button");
  const missing = shortcomings(message, image, button);
  const { title, body } = message.properties;
  const picture = message.type === "image" && image && (/^data:image\//i.test(image.address)
    ? make("img", { className: "visual-image", src: image.address, alt: image.label ?? "" })
    : make("span", { className: "visual-image", title: image.address }, "Image: ", image.label ?? image.name));
  return make("div", {},
    make("div", { className: "visual", role: "group", "aria-label": "Visual inbox" },
      make("div", { className: "visual-head" }, make("span", { className: "mark", "aria-hidden": "true" }), "Notifications", make("span", { className: "badge" }, "1", make("span", { className: "hidden" }, " unread"))),
      make("div", { className: "visual-message" },
        picture,
        make("div", { className: "visual-text" },
          make("span", { className: "line" }, make("span", { className: "title" }, title === undefined ? "" : marked(title, ["title"], source)),
            make("span", { className: "when" }, age(message.sentAt))),
          body !== undefined && make("span", { className: "body" }, marked(body, ["body"], source)),
          message.type === "cta" && button && make("span", { className: "cta", title: button.address }, button.label ?? button.name)))),
    missing.length > 0 && make("ul", { className: "shortcomings" }, missing.map((one) => make("li", {}, one))));
}
