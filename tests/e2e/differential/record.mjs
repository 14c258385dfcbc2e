#!/usr/bin/env node
// Records what LiquidJS answers to generated templates, as test data for `cargo test`. See README.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeCase } from './generator/case.mjs'
import { SYSTEMATIC } from './generator/systematic/index.mjs'
import { MACHINE_DEPENDENT, OPTIONS, askLiquidJS, dependsOnChance, isRejected, oracleProblem } from './oracle.mjs'
import { jsonText } from './wire.mjs'

const USAGE = `usage: node record.mjs [--check] [--out FOLDER]
  --check       compare with the recorded answers instead of writing them; exit code 1 if a byte differs
  --out FOLDER  where the answers are (default ../../../crates/inkproof-liquid/tests/answers)`

const SEED = 1
const RANDOM_CASES = 4000

/** The instant that `now` stands for: 2026-01-02T03:04:05.678Z. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

/** What decides an answer beside LiquidJS itself: Unicode's tables, time zones, and the JavaScript engine. */
const MADE_WITH = ['node', 'v8', 'icu', 'unicode', 'tz']

function main () {
  const { check, out } = readOptions()
  const problem = oracleProblem()
  if (problem) fail(problem)
  Date.now = () => NOW
  const seen = new Set()
  let total = 0
  for (const [part, cases] of Object.entries({ ...SYSTEMATIC, random: randomCases })) {
    const lines = [...answered(cases(), seen)]
    total += lines.length
    const path = `${out}/${part}.jsonl`
    if (check) compare(path, part, lines)
    else write(path, part, lines)
  }
  console.log(`${total} recorded answers ${check ? 'are those of' : 'written, given by'} LiquidJS ${version()}`)
}

/** One line for each case that has not been seen before. */
function * answered (cases, seen) {
  const counts = new Map()
  for (const { about, ...question } of cases) {
    const key = JSON.stringify(question)
    if (seen.has(key)) continue
    seen.add(key)
    if (!question.template.isWellFormed()) fail(`a template is not Unicode: ${key}`)
    const live = answer({ ...question, lax: false })
    const lax = answer({ ...question, lax: true })
    if (!live || !lax) continue
    const number = (counts.get(about) ?? 0) + 1
    counts.set(about, number)
    yield line({ ...question, id: `${about}/${number}`, rejected: isRejected(question), live: JSON.stringify(live), lax: JSON.stringify(lax) })
  }
}

/** LiquidJS's answer, or undefined if it depends on the random generator or on the speed of the machine. */
function answer ({ template, data, limits, lax }) {
  const question = { template, contextText: data, limits, lax }
  if (/\bsample\b/.test(template) && dependsOnChance(question)) return undefined
  const answer = askLiquidJS(question)
  if (answer.error && MACHINE_DEPENDENT.test(answer.error.message)) return undefined
  return answer
}

/** The data stays as it is spelled; `rejected` is left out where it is false, `lax` where it is the same as `live`. */
function line ({ id, template, data, limits, rejected, live, lax }) {
  const members = [`"id":${JSON.stringify(id)}`, `"template":${JSON.stringify(template)}`, `"data":${data}`]
  if (limits) members.push(`"limits":${JSON.stringify(limits)}`)
  if (rejected) members.push('"rejected":true')
  members.push(`"live":${live}`)
  if (lax !== live) members.push(`"lax":${lax}`)
  return `{${members.join(',')}}`
}

/** The random cases, with no more data than the template names. */
function * randomCases () {
  for (let index = 0; index < RANDOM_CASES; index++) {
    const { template, context, numberStyle } = makeCase(SEED, index)
    const named = new Map([...context].filter(([name]) => template.includes(name)))
    yield { about: 'random', template, data: jsonText(named, numberStyle) }
  }
}

function header (part, count) {
  const { templates, ...options } = OPTIONS
  return { part, cases: count, liquidjs: version(), options, now: NOW, seed: SEED, recorder: 'tests/e2e/differential/record.mjs', madeWith: Object.fromEntries(MADE_WITH.map(name => [name, process.versions[name]])) }
}

function write (path, part, lines) {
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true })
  writeFileSync(path, [JSON.stringify(header(part, lines.length)), ...lines, ''].join('\n'))
}

/** Fails unless the file is what would be written now; only the versions that it was made with may be others. */
function compare (path, part, lines) {
  if (!existsSync(path)) fail(`\`${path}\`: there is no such file`)
  const [first, ...recorded] = readFileSync(path, 'utf8').split('\n')
  const { madeWith, ...found } = JSON.parse(first)
  const { madeWith: here, ...expected } = header(part, lines.length)
  const versions = JSON.stringify(madeWith) === JSON.stringify(here) ? '' : `\n  recorded with ${JSON.stringify(madeWith)}\n  compared with ${JSON.stringify(here)}`
  if (JSON.stringify(found) !== JSON.stringify(expected)) fail(`\`${path}:1\`: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}${versions}`, 1)
  const wanted = [...lines, '']
  const at = Array.from({ length: Math.max(wanted.length, recorded.length) }).findIndex((_, index) => wanted[index] !== recorded[index])
  if (at !== -1) fail(`\`${path}:${at + 2}\` differs\n  recorded ${recorded[at]}\n  expected ${wanted[at]}${versions}`, 1)
}

function version () {
  return JSON.parse(readFileSync(new URL('node_modules/liquidjs/package.json', import.meta.url), 'utf8')).version
}

function readOptions () {
  try {
    const { values } = parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        out: { type: 'string', default: fileURLToPath(new URL('../../../crates/inkproof-liquid/tests/answers', import.meta.url)) },
        help: { type: 'boolean', short: 'h', default: false }
      }
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    return values
  } catch (error) {
    fail(`${error.message}\n${USAGE}`)
  }
}

function fail (message, code = 2) {
  console.error(message)
  process.exit(code)
}

main()
