// The record on a line of a file that the browser holds: JSON Lines or CSV, also compressed with gzip.

const DELIMITERS = [",", ";", "\t"];
const MOST = 4 << 20; // characters of a record

/** Parts of the text of a file. */
async function* partsOf(file) {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (head[0] === 0x28 && head[1] === 0xb5) throw new Error("Browsers cannot decompress Zstandard: decompress the file first.");
  const bytes = isGzip ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const reader = bytes.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** The cells of the first row of a text, and its length with the line break; null if the row does not end. */
export function firstRow(text, delimiter, isLast) {
  const cells = [];
  let at = 0;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return null;
        cell += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at += 1;
      }
    }
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at += 1;
    cells.push(cell + text.slice(start, at));
    if (at >= text.length || (text[at] === "\r" && at + 1 >= text.length)) return isLast ? { cells, length: text.length } : null;
    if (text[at] === delimiter) {
      at += 1;
      continue;
    }
    return { cells, length: at + (text.startsWith("\r\n", at) ? 2 : 1) };
  }
}

/** What separates the cells of a line: what occurs most often outside of quotes. */
function delimiterOf(line) {
  const plain = line.replace(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => plain.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** The text from a line on, and from the beginning on: as much of both as is needed. */
async function textAt(file, line, isCsv, isEnough) {
  const lineBreak = isCsv ? /\r\n|\n|\r/g : /\n/g;
  let [seen, text, header, held] = [1, "", "", ""];
  for await (const part of partsOf(file)) {
    let rest = held + part;
    // A `\r` at the end of a part may be half of a line break.
    held = isCsv && rest.endsWith("\r") ? "\r" : "";
    if (held) rest = rest.slice(0, -1);
    if (header.length < MOST) header += rest.slice(0, MOST - header.length);
    if (seen < line) {
      lineBreak.lastIndex = 0;
      let end = 0;
      while (seen < line && lineBreak.exec(rest)) {
        seen += 1;
        end = lineBreak.lastIndex;
      }
      if (seen < line) continue;
      rest = rest.slice(end);
    }
    text += rest;
    if (isEnough(text)) return { header, text, isLast: false };
    if (text.length > MOST) throw new Error("The record is too long.");
  }
  return { header, text: text + held, isLast: true };
}

/** The record that begins on a line of a file, counted from 1. */
export async function recordAt(file, line) {
  let beginning = "";
  for await (const part of partsOf(file)) {
    beginning += part;
    if (beginning.length >= 1 << 16 || beginning.trimStart()) break;
  }
  const isNamedCsv = /\.(csv|tsv)(\.gz)?$/i.test(file.name);
  const isJson = !isNamedCsv && (/^\s*[{]/.test(beginning) || /\.(jsonl|ndjson)(\.gz)?$/i.test(file.name));
  if (isJson) {
    const { text } = await textAt(file, line, false, (found) => found.includes("\n"));
    return JSON.parse(text.split("\n")[0]);
  }
  if (/^\s*\[/.test(beginning) && !isNamedCsv) throw new Error("Records of a JSON array cannot be opened: use JSON Lines, a record on each line.");
  const delimiter = delimiterOf(beginning.split(/\r|\n/)[0]);
  const found = await textAt(file, line, true, (text) => firstRow(text, delimiter, false) !== null);
  const names = firstRow(found.header.trimStart(), delimiter, true)?.cells ?? [];
  const cells = firstRow(found.text, delimiter, found.isLast)?.cells ?? [];
  return Object.fromEntries(names.map((name, at) => [name.trim(), cells[at]]).filter(([name, cell]) => name && cell));
}
