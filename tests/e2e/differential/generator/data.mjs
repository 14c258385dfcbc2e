// Random data: what a template's variables stand for. Objects are Maps, see wire.mjs.
import { NAMES, ODD_NAMES, MEMBER_NAMES, STRINGS, NUMERIC_STRINGS, NUMBERS, DATES, ENCODED, BASE64 } from './words.mjs'

const KINDS = [[5, 'string'], [5, 'number'], [8, 'array'], [5, 'object'], [2, 'date'], [1, 'boolean'], [1, 'null']]

/** The context of one case. */
export function makeContext (random) {
  const context = new Map()
  for (let left = random.integer(3, 8); left > 0; left--) {
    const kind = random.weighted(KINDS)
    const odd = random.chance(0.12)
    context.set(random.pick(odd ? ODD_NAMES : NAMES[kind]), makeValue(random, kind))
  }
  return context
}

/** A value of the kind; `depth` bounds what may nest in it. */
export function makeValue (random, kind, depth = 2) {
  switch (kind) {
    case 'string': return makeString(random)
    case 'number': return random.chance(0.5) ? random.integer(-5, 60) : random.pick(NUMBERS)
    case 'array': return makeArray(random, depth)
    case 'object': return makeObject(random, depth)
    case 'date': return random.chance(0.85) ? random.pick(DATES) : random.integer(-1e9, 4e9)
    case 'boolean': return random.chance(0.5)
    default: return null
  }
}

function makeString (random) {
  return random.pick(random.weighted([[10, STRINGS], [3, NUMERIC_STRINGS], [1, DATES], [1, ENCODED], [1, BASE64]]))
}

function makeScalar (random) {
  return makeValue(random, random.weighted([[4, 'string'], [4, 'number'], [1, 'boolean'], [1, 'null'], [1, 'date']]), 0)
}

function makeAnything (random, depth) {
  if (depth <= 0) return makeScalar(random)
  return random.weighted([[5, () => makeScalar(random)], [1, () => makeArray(random, depth - 1)], [1, () => makeObject(random, depth - 1)]])()
}

function makeArray (random, depth) {
  const fill = random.weighted([
    [3, () => random.integer(-3, 12)],
    [2, () => random.pick(NUMBERS)],
    [3, () => makeString(random)],
    [2, () => makeAnything(random, depth - 1)],
    [1, () => random.pick([null, 1, 1, '1', 'a', 'a', true])],
    [1, () => random.pick(DATES)],
    [depth > 0 ? 1 : 0, () => makeArray(random, depth - 1)],
    [depth > 0 ? 8 : 0, null]
  ])
  if (random.chance(0.08)) return []
  return fill ? random.several(1, 6, fill) : makeRows(random, depth)
}

/** Objects with the same members, most of the time. */
function makeRows (random, depth) {
  const columns = random.several(1, 3, () => random.pick(MEMBER_NAMES)).map(name => [name, random.pick([
    () => random.integer(0, 4),
    () => random.pick(NUMBERS),
    () => random.pick(STRINGS),
    () => random.pick(['a', 'b', 'B', 'c', '10', '9']),
    () => random.chance(0.5),
    () => makeScalar(random),
    () => makeAnything(random, depth - 1)
  ])])
  const gaps = random.chance(0.15)
  const rows = random.several(1, 5, () => {
    const present = columns.filter(() => !gaps || random.chance(0.8))
    return new Map(present.map(([name, fill]) => [name, fill()]))
  })
  return random.chance(0.06) ? [...rows, makeScalar(random)] : rows
}

function makeObject (random, depth) {
  return new Map(random.several(0, 4, () => [
    random.pick(random.chance(0.2) ? ODD_NAMES : MEMBER_NAMES),
    makeAnything(random, depth - 1)
  ]))
}
