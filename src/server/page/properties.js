// What the properties of a message are for: links are buttons, images are images, everything else is data. The rules are
// those of the card in the terminal.

const ADDRESS = ["url", "link", "href", "uri", "deeplink", "action", "target"];
const LABEL = ["label", "text", "title", "caption", "name"];
const IMAGE = ["image", "img", "icon", "avatar", "logo", "picture", "photo", "thumbnail", "thumb", "banner", "cover", "hero"];
const EXTENSION = /\.(png|jpe?g|gif|webp|svg|avif|ico)$/i;
const BUTTONS = ["buttons", "actions", "links", "ctas"];

/** `ctaUrl`, `cta_url` and `cta-url` as lower-case words. */
const words = (name) => name.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const isOneWord = (text) => text !== "" && !/\s/.test(text);
const isAddress = (text) => isOneWord(text) && /^([a-z][a-z0-9+.-]*:\/\/.|(mailto|tel|sms):.|data:image\/)/i.test(text);
const isImageName = (text) => EXTENSION.test(text.split(/[?#]/)[0]);
const hasImageWord = (name) => words(name).some((word) => IMAGE.includes(word));
const lastWord = (name) => words(name).at(-1) ?? "";

/** `image` or `button` if the value is an address, else undefined. */
function addressKind(name, text) {
  const isPath = text.startsWith("/") && isOneWord(text);
  if (hasImageWord(name) && (isAddress(text) || isPath || (isOneWord(text) && isImageName(text)))) return "image";
  if (isAddress(text)) return isImageName(text) || text.startsWith("data:image/") ? "image" : "button";
  return isPath && ADDRESS.includes(lastWord(name)) ? "button" : undefined;
}

/** The name of the property with the label of each button: `cta_label`, or `cta` itself, is that of `cta_url`. */
function labels(entries) {
  const strings = new Map(entries.filter(([name, value]) => typeof value === "string" && !addressKind(name, value))
    .map(([name]) => [words(name).join(" "), name]));
  const found = new Map();
  for (const [name, value] of entries) {
    if (typeof value !== "string" || addressKind(name, value) !== "button") continue;
    const own = words(name);
    const base = ADDRESS.includes(own.at(-1)) ? own.slice(0, -1) : own;
    const candidates = LABEL.flatMap((label) => [[...own, label], ...(base.length > 0 ? [[...base, label]] : [])]);
    const label = [...candidates, base.length > 0 ? base : ["label"]].map((one) => strings.get(one.join(" ")))
      .find((one) => one !== undefined && one !== name && ![...found.values()].includes(one));
    if (label !== undefined) found.set(name, label);
  }
  return found;
}

function ofObject(name, value) {
  let label;
  let address;
  for (const [member, text] of Object.entries(value)) {
    const last = lastWord(member);
    if (typeof text !== "string") return undefined;
    if ((ADDRESS.includes(last) || last === "src") && address === undefined) address = text;
    else if ((LABEL.includes(last) || last === "alt") && label === undefined) label = text;
    else return undefined;
  }
  if (address === undefined) return undefined;
  if (hasImageWord(name) && isOneWord(address)) return { kind: "image", name, label, address };
  return isAddress(address) || (address.startsWith("/") && isOneWord(address)) ? { kind: "button", name, label, address } : undefined;
}

/** The parts of a message's properties except its title and body: `kind`, `name`, and `label`, `address` or `value`. */
export function parts(properties) {
  const entries = Object.entries(properties).filter(([name, value]) => !(["title", "body"].includes(name) && typeof value === "string"));
  const labelOf = labels(entries);
  const taken = new Set(labelOf.values());
  return entries.filter(([name]) => !taken.has(name)).flatMap(([name, value]) => {
    const data = [{ kind: "data", name, value }];
    if (typeof value === "string") {
      const kind = addressKind(name, value);
      return kind ? [{ kind, name, address: value, label: properties[labelOf.get(name)] }] : data;
    }
    if (Array.isArray(value)) {
      const items = value.map((item) => (item && typeof item === "object" && !Array.isArray(item) ? ofObject(name, item) : undefined));
      return BUTTONS.includes(lastWord(name)) && items.length > 0 && items.every(Boolean) ? items : data;
    }
    return value && typeof value === "object" ? [ofObject(name, value) ?? data[0]] : data;
  });
}

/** The last segment of the path of an address. */
export const fileName = (address) => (address.startsWith("data:") ? "" : address.split(/[?#]/)[0].split("/").at(-1) || address);
