// Findings: mismatches grouped by what they have in common, told to people and written as JSON lines.
import { appendFileSync, writeFileSync } from 'node:fs'
import { answerText, errorKind, kindOf } from './answer.mjs'
import { namesIn } from './names.mjs'
import { requestLine } from './wire.mjs'

/** What equal faults share: the kinds of both answers, and the tags and filters involved. */
export function signatureOf (question, expected, actual) {
  const { filters, tags } = namesIn(question.template)
  const [theirs, ours] = [errorKind(expected), errorKind(actual)]
  const kinds = theirs !== ours ? `${theirs} → ${ours}` : actual.error ? `${theirs}, other position or name` : 'other output'
  return [kinds, tags.length && `tags ${tags.join(' ')}`, filters.length && `filters ${filters.join(' ')}`].filter(Boolean).join('; ')
}

export class Report {
  #path
  #groups = new Map()
  #known = new Map()

  /** `path`: the file for the JSON lines, or undefined. */
  constructor (path) {
    this.#path = path
    if (path) writeFileSync(path, '')
  }

  addKnown (id) {
    this.#known.set(id, (this.#known.get(id) ?? 0) + 1)
  }

  /** Adds a mismatch; prints it when it is the first of its kind. */
  add (question, expected, actual) {
    const signature = signatureOf(question, expected, actual)
    const count = (this.#groups.get(signature) ?? 0) + 1
    this.#groups.set(signature, count)
    if (this.#path) appendFileSync(this.#path, record(question, expected, actual, signature) + '\n')
    if (count === 1) process.stdout.write(describe(question, expected, actual, `mismatch ${this.#groups.size}: ${signature}`) + '\n')
  }

  /** Every kind of mismatch and known difference with its count. */
  summary () {
    const lines = []
    if (this.#groups.size) {
      lines.push(`${this.#groups.size} kinds of mismatch:`)
      for (const [signature, count] of [...this.#groups].sort((a, b) => b[1] - a[1])) lines.push(`  ${count} × ${signature}`)
    }
    for (const [id, count] of this.#known) lines.push(`known difference ${id}: ${count}`)
    return lines.map(line => line + '\n').join('')
  }
}

/** The mismatch as a line that the binary can be asked again. */
function record (question, expected, actual, signature) {
  const findings = JSON.stringify({ id: question.id, signature, liquidjs: expected, inkproof: actual })
  return `${requestLine(question).slice(0, -1)}, ${findings.slice(1)}`
}

/** A mismatch for people. */
export function describe ({ id, template, contextText, lax }, expected, actual, title) {
  return [
    title,
    `  case      ${id}, ${lax ? 'lax' : 'live'}`,
    `  template  ${JSON.stringify(template)}`,
    `  context   ${contextText}`,
    `  LiquidJS  ${shown(expected)}`,
    `  inkproof  ${shown(actual)}`,
    ''
  ].join('\n')
}

function shown (answer) {
  const text = answerText(answer)
  return `${kindOf(answer) === 'output' ? 'output ' : ''}${JSON.stringify(text.length > 2000 ? text.slice(0, 2000) + '…' : text)}`
}
