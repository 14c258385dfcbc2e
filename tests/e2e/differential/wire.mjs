// Data on the wire. A case's data is a tree of Map (an object whose keys keep their written order), Array and scalars;
// it reaches both sides as the same JSON text. JSON.stringify alone would lose what we want to test: it reorders
// integer-like keys, prints -0 as 0, and never writes `5.0` or `5e0`.

/** How numbers are spelled in the JSON text. `plain` is what JSON.stringify prints, save for -0. */
export const NUMBER_STYLES = ['plain', 'decimal', 'exponent']

const SPELLINGS = {
  plain: n => Object.is(n, -0) ? '-0' : JSON.stringify(n),
  decimal: n => !Number.isInteger(n) ? JSON.stringify(n) : `${Object.is(n, -0) ? '-0' : BigInt(n)}.0`,
  exponent: n => Object.is(n, -0) ? '-0e0' : n.toExponential()
}

/** The JSON text of a data tree. */
export function jsonText (value, numberStyle = 'plain') {
  if (value instanceof Map) {
    const members = [...value].map(([key, member]) => `${JSON.stringify(key)}: ${jsonText(member, numberStyle)}`)
    return `{${members.join(', ')}}`
  }
  if (Array.isArray(value)) return `[${value.map(element => jsonText(element, numberStyle)).join(', ')}]`
  if (typeof value === 'number') return SPELLINGS[numberStyle](value)
  return JSON.stringify(value)
}

/** The line that asks the binary about a case. */
export function requestLine ({ template, contextText, lax }) {
  return `{"template": ${JSON.stringify(template)}, "context": ${contextText}${lax ? ', "lax": true' : ''}}`
}
