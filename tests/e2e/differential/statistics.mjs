// What the generated cases covered: how often each tag, filter and kind of answer came up.
import { BUILTINS } from './generator/builtins.mjs'
import { namesIn } from './names.mjs'
import { errorKind } from './answer.mjs'

export class Statistics {
  #answers = { live: new Map(), lax: new Map() }
  #errors = new Map()
  #unfit = new Map()
  #tags = new Uses(BUILTINS.tags)
  #filters = new Uses(Object.keys(BUILTINS.filters))

  count (question, expected) {
    if (expected.unfit) return increase(this.#unfit, expected.unfit)
    increase(this.#answers[question.lax ? 'lax' : 'live'], expected.error ? expected.error.name : 'output')
    if (expected.error) increase(this.#errors, errorKind(expected))
    const { tags, filters } = namesIn(question.template)
    this.#tags.count(tags, !expected.error)
    this.#filters.count(filters, !expected.error)
  }

  /** The figures as lines of text. */
  toString () {
    return [
      ...Object.entries(this.#answers).map(([mode, answers]) => `${mode}: ${shares(answers)}`),
      `left out: ${shares(this.#unfit)}`,
      '', 'tag: cases (rendered)', ...this.#tags.lines(),
      '', 'filter: cases (rendered)', ...this.#filters.lines(),
      '', 'error: cases', ...sorted(this.#errors).map(([kind, count]) => `  ${kind}: ${count}`),
      '', `never used: ${[...this.#tags.unused(), ...this.#filters.unused()].join(', ') || 'nothing'}`
    ].join('\n')
  }
}

/** How many cases used a name, and how many of these rendered without an error. */
class Uses {
  #counts

  constructor (names) {
    this.#counts = new Map(names.map(name => [name, { used: 0, rendered: 0 }]))
  }

  count (names, rendered) {
    for (const name of names) {
      const count = this.#counts.get(name)
      if (!count) continue
      count.used++
      if (rendered) count.rendered++
    }
  }

  unused () {
    return [...this.#counts].filter(([, { used }]) => !used).map(([name]) => name)
  }

  lines () {
    return [...this.#counts].map(([name, { used, rendered }]) => `  ${name}: ${used} (${rendered})`)
  }
}

function increase (counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function sorted (counts) {
  return [...counts].sort((a, b) => b[1] - a[1])
}

function shares (counts) {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return sorted(counts).map(([name, count]) => `${name} ${count} (${(100 * count / total).toFixed(1)} %)`).join(', ') || 'nothing'
}
