// The names a template can use at one point, with an example of what each stands for, so that most expressions find something.

/** Marks a value that only rendering would tell. */
export const UNKNOWN = Symbol('unknown')

const MAXIMAL_DEPTH = 3

export class Scope {
  #places

  /** `context`: the data as a Map. */
  constructor (context) {
    this.#places = [...context].flatMap(([key, value]) => placesUnder(isPlainName(key) ? key : `[${JSON.stringify(key)}]`, value, 1))
  }

  /** Remembers the names there are now. */
  mark () {
    return this.#places.length
  }

  /** Forgets the names declared since `mark`. */
  release (mark) {
    this.#places.length = mark
  }

  declare (name, value = UNKNOWN) {
    this.#places.push(...placesUnder(name, value, 2))
  }

  /** The members that `forloop` or `tablerowloop` has. */
  declareLoop (loop, members) {
    for (const member of members) this.#places.push({ text: `${loop}.${member}`, value: UNKNOWN })
  }

  /** Paths whose value passes the test; an unknown value always does. */
  places (test) {
    return this.#places.filter(({ value }) => value === UNKNOWN || test(value))
  }
}

/** `text` and every path below it. */
function placesUnder (text, value, depth) {
  const places = [{ text, value }]
  if (depth > MAXIMAL_DEPTH) return places
  if (value instanceof Map) {
    for (const [key, member] of value) {
      places.push(...placesUnder(isPlainName(key) ? `${text}.${key}` : `${text}[${JSON.stringify(key)}]`, member, depth + 1))
    }
  } else if (Array.isArray(value) && value.length) {
    places.push(...placesUnder(`${text}[0]`, value[0], depth + 1))
    places.push({ text: `${text}.size`, value: value.length }, { text: `${text}.first`, value: value[0] }, { text: `${text}.last`, value: value.at(-1) })
    places.push({ text: `${text}[-1]`, value: value.at(-1) })
  }
  return places
}

function isPlainName (key) {
  return /^[\p{L}_][\p{L}\d_-]*\??$/u.test(key) && !/^(?:true|false|nil|null|empty|blank|and|or|not|contains)$/.test(key)
}
