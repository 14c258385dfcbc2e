#!/usr/bin/env node
// Replays recorded cases against inkproof in both modes and prints what share of the answers is identical. See README.md.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sameAnswer } from './answer.mjs'
import { Binary } from './binary.mjs'
import { describe } from './report.mjs'
import { requestLine } from './wire.mjs'

const USAGE = `usage: node cases.mjs FILE [options]
  FILE            JSON lines: {id, template, context, live, lax}, the last two being LiquidJS's answers
  --bin FILE      the binary (default: $INKPROOF_BIN, then ../../../target/release/inkproof)
  --show N        how many mismatches are printed (default 10)
  --filter TEXT   only cases whose id or template contains the text
  --timeout MS    how long the binary may stay silent (default 5000)`

const BATCH = 250
const MODES = ['live', 'lax']

async function main () {
  const { path, options } = readOptions()
  const questions = readQuestions(path, options.filter)
  if (!questions.length) fail(`\`${path}\`: no case${options.filter ? ` contains \`${options.filter}\`` : ''}`)
  const binary = new Binary(options.bin, options.timeout)
  const problem = await binary.problem()
  if (problem) fail(problem)

  const tally = Object.fromEntries(MODES.map(mode => [mode, { same: 0, all: 0 }]))
  let shown = 0
  for (let start = 0; start < questions.length; start += BATCH) {
    const batch = questions.slice(start, start + BATCH)
    const answers = await binary.ask(batch.map(requestLine))
    for (const [index, question] of batch.entries()) {
      tally[question.mode].all++
      if (sameAnswer(question.expected, answers[index])) tally[question.mode].same++
      else if (shown++ < options.show) console.log(describe(question, question.expected, answers[index], 'mismatch'))
    }
  }
  binary.stop()

  for (const mode of MODES) console.log(`${mode}: ${share(tally[mode])}`)
  const total = { same: tally.live.same + tally.lax.same, all: tally.live.all + tally.lax.all }
  console.log(`both: ${share(total)}`)
  console.log(`${total.same} passed, ${total.all - total.same} failed`)
  process.exitCode = total.same === total.all ? 0 : 1
}

function share ({ same, all }) {
  return `${same} of ${all} identical (${(100 * same / all).toFixed(2)} %)`
}

/** One question for each case and mode, in the file's order. */
function readQuestions (path, filter = '') {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    fail(`\`${path}\`: ${error.message}`)
  }
  return text.split('\n').flatMap((line, index) => {
    if (!line.trim()) return []
    const { id, template, context, ...answers } = parse(line, `${path}:${index + 1}`)
    if (!String(id).includes(filter) && !template.includes(filter)) return []
    const contextText = JSON.stringify(context)
    return MODES.map(mode => ({ id, mode, template, contextText, lax: mode === 'lax', expected: answers[mode] }))
  })
}

function parse (line, place) {
  let value
  try {
    value = JSON.parse(line)
  } catch (error) {
    fail(`\`${place}\`: ${error.message}`)
  }
  const fits = typeof value?.template === 'string' && value.context !== undefined && MODES.every(mode => value[mode]?.error || typeof value[mode]?.output === 'string')
  return fits ? value : fail(`\`${place}\`: expected {id, template, context, live, lax}`)
}

function readOptions () {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        bin: { type: 'string', default: process.env.INKPROOF_BIN || fileURLToPath(new URL('../../../target/release/inkproof', import.meta.url)) },
        show: { type: 'string', default: '10' },
        filter: { type: 'string' },
        timeout: { type: 'string', default: '5000' },
        help: { type: 'boolean', short: 'h', default: false }
      }
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    for (const name of ['show', 'timeout']) {
      if (!/^\d{1,9}$/.test(values[name])) throw new Error(`\`--${name}\`: expected a whole number, found \`${values[name]}\``)
      values[name] = Number(values[name])
    }
    if (positionals.length !== 1) throw new Error('expected one file of cases')
    return { path: positionals[0], options: values }
  } catch (error) {
    fail(`${error.message}\n${USAGE}`)
  }
}

function fail (message) {
  console.error(message)
  process.exit(2)
}

main().catch(error => fail(error.stack))
