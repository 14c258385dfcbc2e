// Makes the case of a mismatch smaller for as long as the two sides keep answering differently in the same way.
// Candidates go to the binary many at a time; the first one that still differs is where the next round starts.

/** How many candidates a single shrinking may try. */
const BUDGET = 1500

/** How many milliseconds it may take; what crashes or hangs needs a process for each candidate. */
const TIME = 15_000

/**
 * The smallest case found. `differs(cases)` tells, for each candidate, whether it shows the same mismatch;
 * it is asked about `round` of them at once.
 */
export async function shrink (original, differs, round = 48) {
  const deadline = performance.now() + TIME
  const spent = () => tried >= BUDGET || performance.now() > deadline
  let best = original
  let tried = 0
  for (;;) {
    const before = best
    for (const simplify of [plainNumbers, withoutTemplateParts, withoutData]) {
      let from = 0
      for (;;) {
        const candidates = simplify(best)
        const found = await firstThatDiffers(candidates, from)
        if (found < 0) break
        best = candidates[found]
        from = Math.max(0, found - 1) // what came before did not help; come back to it in the next turn
      }
    }
    if (best === before || spent()) return best
  }

  async function firstThatDiffers (candidates, from) {
    for (let start = from; start < candidates.length && !spent(); start += round) {
      const some = candidates.slice(start, start + round)
      tried += some.length
      const found = (await differs(some)).indexOf(true)
      if (found >= 0) return start + found
    }
    return -1
  }
}

function plainNumbers (question) {
  return question.numberStyle === 'plain' ? [] : [{ ...question, numberStyle: 'plain' }]
}

/** Without some of the template's parts, larger ones first: halves, quarters, … of tags and outputs, pairs of tags, words. */
function withoutTemplateParts (question) {
  const chunks = question.template.match(/\{%[^]*?%\}|\{\{[^]*?\}\}|(?:(?!\{[%{])[^])+|[^]/gu) ?? []
  const templates = [...withoutRuns(chunks), ...withoutPairs(chunks)]
  if (chunks.length <= 12) {
    const words = question.template.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\p{L}\d_]+|\s+|[^]/gu) ?? []
    templates.push(...withoutRuns(words), ...shorterStrings(words))
  }
  return distinctShorter(templates, question.template).map(template => ({ ...question, template }))
}

/** Without each run of half, a quarter, … of the parts, down to single ones. */
function withoutRuns (parts) {
  const results = []
  for (let length = Math.ceil(parts.length / 2); ; length = Math.ceil(length / 2)) {
    const step = Math.max(1, Math.floor(length / 2))
    for (let start = 0; start < parts.length; start += step) results.push(parts.toSpliced(start, length).join(''))
    if (length <= 1) return results
  }
}

/** Without a tag and the end tag that fits it, keeping what is between them. */
function withoutPairs (chunks) {
  const results = []
  const open = []
  chunks.forEach((chunk, index) => {
    const name = /^\{%-?\s*(\w+)/.exec(chunk)?.[1]
    if (!name) return
    if (!name.startsWith('end')) return open.push({ name, index })
    const opener = open.findLast(({ name: opened }) => name === `end${opened}`)
    if (opener) results.push(chunks.toSpliced(index, 1).toSpliced(opener.index, 1).join(''))
  })
  return results
}

/** With one string literal cut down. */
function shorterStrings (words) {
  return words.flatMap((word, index) => {
    if (!/^["']/.test(word) || word.length < 3) return []
    const [quote, inner] = [word[0], word.slice(1, -1)]
    const half = Math.floor(inner.length / 2)
    return ['', inner.slice(0, half), inner.slice(half), inner.slice(1), inner.slice(0, -1)]
      .map(shorter => words.with(index, quote + shorter + quote).join(''))
  })
}

function distinctShorter (templates, original) {
  return [...new Set(templates)].filter(template => template.length < original.length && template.isWellFormed())
}

function withoutData (question) {
  return smallerValues(question.context).filter(value => value instanceof Map).map(context => ({ ...question, context }))
}

/** What the value becomes when something is left out of it. */
function smallerValues (value) {
  if (value instanceof Map) {
    const entries = [...value]
    return [
      ...entries.map((_, index) => new Map(entries.toSpliced(index, 1))),
      ...entries.flatMap(([key, member], index) => smallerValues(member).map(smaller => new Map(entries.with(index, [key, smaller]))))
    ]
  }
  if (Array.isArray(value)) {
    return [
      ...value.map((_, index) => value.toSpliced(index, 1)),
      ...value.flatMap((element, index) => smallerValues(element).map(smaller => value.with(index, smaller)))
    ]
  }
  if (typeof value === 'string' && value.length > 1) {
    const characters = [...value]
    const half = Math.floor(characters.length / 2)
    return [characters.slice(0, half), characters.slice(half), characters.slice(1), characters.slice(0, -1)].map(part => part.join(''))
      .filter(part => part.length < value.length)
  }
  return []
}
