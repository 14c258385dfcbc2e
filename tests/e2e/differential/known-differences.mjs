// Differences that are understood and accepted. Each entry of known-differences.json is
//   {id, reason, template?, context?, liquidjs?, inkproof?, lax?, equalAfter?}
// `template`, `context`, `liquidjs` and `inkproof` are regular expressions (flags `su`) on the template, the data's JSON
// text and the two answers; all that are given must match. `equalAfter` is a list of [pattern, replacement]: the entry
// applies only if both answers are the same after these replacements.
import { readFileSync } from 'node:fs'
import { answerText, kindOf } from './answer.mjs'

const PATTERNS = ['template', 'context', 'liquidjs', 'inkproof']
const MEMBERS = ['id', 'reason', 'lax', 'equalAfter', ...PATTERNS]

export class KnownDifferences {
  #entries

  /** Throws when the file is not as described above. */
  constructor (path) {
    this.#entries = JSON.parse(readFileSync(path, 'utf8')).map(compile)
  }

  /** The `id` of the entry that explains the mismatch, or undefined. */
  explain ({ template, contextText, lax }, expected, actual) {
    const texts = { template, context: contextText, liquidjs: answerText(expected), inkproof: answerText(actual) }
    const entry = this.#entries.find(entry =>
      PATTERNS.every(name => !entry[name] || entry[name].test(texts[name])) &&
      (entry.lax === undefined || entry.lax === lax) &&
      (!entry.equalAfter || (kindOf(expected) === kindOf(actual) && replaced(entry, texts.liquidjs) === replaced(entry, texts.inkproof))))
    return entry?.id
  }
}

function compile (entry) {
  if (!entry.id || !entry.reason) throw new Error(`a known difference needs an \`id\` and a \`reason\`: ${JSON.stringify(entry)}`)
  const unknown = Object.keys(entry).find(name => !MEMBERS.includes(name))
  if (unknown) throw new Error(`known difference \`${entry.id}\`: unknown member \`${unknown}\`, expected one of ${MEMBERS.join(', ')}`)
  if (!entry.equalAfter && !PATTERNS.some(name => entry[name])) throw new Error(`known difference \`${entry.id}\` would match everything: give a pattern`)
  const compiled = { ...entry }
  for (const name of PATTERNS) if (entry[name]) compiled[name] = new RegExp(entry[name], 'su')
  if (entry.equalAfter) compiled.equalAfter = entry.equalAfter.map(([pattern, replacement]) => [new RegExp(pattern, 'gsu'), replacement])
  return compiled
}

function replaced ({ equalAfter }, text) {
  return equalAfter.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}
