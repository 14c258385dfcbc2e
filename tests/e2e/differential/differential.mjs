#!/usr/bin/env node
// Generates random templates and data, asks LiquidJS and inkproof, and reports where they differ. See README.md.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { kindOf, sameAnswer } from './answer.mjs'
import { Binary } from './binary.mjs'
import { makeCase } from './generator/case.mjs'
import { KnownDifferences } from './known-differences.mjs'
import { expectedAnswer, oracleProblem } from './oracle.mjs'
import { Report } from './report.mjs'
import { shrink } from './shrink.mjs'
import { Statistics } from './statistics.mjs'
import { jsonText, requestLine } from './wire.mjs'

const USAGE = `usage: node differential.mjs [options]
  --bin FILE      the binary (default: $INKPROOF_BIN, then ../../../target/release/inkproof)
  --seed N        what the cases are made from (default 1)
  --count N       how many cases (default 10000)
  --start N       the first case's number, to make one again: case 7/1234 is --seed 7 --start 1234 --count 1 (default 0)
  --batch N       how many cases go to the binary at once (default 250)
  --shrink N      how many mismatches are made smaller; later ones are reported as they are (default 300)
  --timeout MS    how long the binary may stay silent (default 5000)
  --known FILE    known differences (default known-differences.json)
  --report FILE   also write each mismatch as a JSON line
  --stats         print what the cases covered
  --dry           ask LiquidJS only, with --stats`

/** Silence counts as a hang sooner while shrinking one. */
const SHRINK_TIMEOUT = 1000

async function main () {
  const options = readOptions()
  const known = readKnownDifferences(options.known)
  const problem = oracleProblem()
  if (problem) fail(problem)
  const binary = options.dry ? null : new Binary(options.bin, options.timeout)
  const missing = await binary?.problem()
  if (missing) fail(missing)
  const run = new Run(options, binary, known)
  const mismatches = await run.all()
  binary?.stop()
  process.exitCode = mismatches ? 1 : 0
}

/** One run over the cases `start` to `start + count`. */
class Run {
  #options
  #binary
  #known
  #report
  #statistics = new Statistics()
  #compared = 0
  #mismatches = 0
  #knownCount = 0
  #shrunk = 0

  constructor (options, binary, known) {
    this.#options = options
    this.#binary = binary
    this.#known = known
    this.#report = new Report(options.report)
  }

  /** Runs everything, prints the findings and gives the number of mismatches. */
  async all () {
    const { start, count, batch } = this.#options
    let next = this.#makeBatch(start)
    for (let first = start; first < start + count; first += batch) {
      const questions = next
      const asked = this.#binary?.ask(questions.map(requestLine))
      next = this.#makeBatch(first + batch) // while the binary answers
      if (asked) await this.#compare(questions, await asked)
    }
    this.#printSummary()
    return this.#mismatches
  }

  /** The cases from `first` on that are fit to compare, with LiquidJS's answers. */
  #makeBatch (first) {
    const { start, count, batch, seed } = this.#options
    const questions = []
    for (let index = first; index < Math.min(first + batch, start + count); index++) {
      const question = withText(makeCase(seed, index))
      const expected = expectedAnswer(question)
      this.#statistics.count(question, expected)
      if (!expected.unfit) questions.push({ ...question, expected })
    }
    return questions
  }

  async #compare (questions, answers) {
    for (const [index, question] of questions.entries()) {
      const actual = answers[index]
      this.#compared++
      if (sameAnswer(question.expected, actual)) continue
      const id = this.#known.explain(question, question.expected, actual)
      if (id) {
        this.#knownCount++
        this.#report.addKnown(id)
      } else {
        this.#mismatches++
        await this.#reportMismatch(question, actual)
      }
    }
  }

  async #reportMismatch (question, actual) {
    if (this.#shrunk++ >= this.#options.shrink) return this.#report.add(question, question.expected, actual)
    const smallest = await shrink({ ...question, actual }, async candidates => {
      for (const candidate of candidates) {
        Object.assign(candidate, withText(candidate))
        candidate.expected = expectedAnswer(candidate)
      }
      const fit = candidates.filter(({ expected }) => !expected.unfit)
      const answers = await this.#askSmaller(fit.map(requestLine), actual.failure)
      fit.forEach((candidate, index) => { candidate.actual = answers[index] })
      return candidates.map(candidate => !candidate.expected.unfit && this.#differsLike(candidate, question.expected, actual))
    }, actual.failure ? 1 : undefined)
    this.#report.add(smallest, smallest.expected, smallest.actual)
  }

  /** Whether the candidate is an unexplained mismatch of the same kind: another kind would be another fault. */
  #differsLike (candidate, expected, actual) {
    return !sameAnswer(candidate.expected, candidate.actual) &&
      kindOf(candidate.expected) === kindOf(expected) && kindOf(candidate.actual) === kindOf(actual) &&
      !this.#known.explain(candidate, candidate.expected, candidate.actual)
  }

  /** What crashes, hangs or prints no answer is asked in processes of its own. */
  async #askSmaller (lines, failure) {
    if (!failure) return this.#binary.ask(lines)
    const alone = new Binary(this.#options.bin, Math.min(SHRINK_TIMEOUT, this.#options.timeout))
    return lines.map(line => alone.askAlone(line))
  }

  #printSummary () {
    const write = text => process.stdout.write(text)
    if (this.#options.stats) write(this.#statistics + '\n\n')
    if (this.#options.dry) return
    write(this.#report.summary())
    write(`${this.#compared} cases, ${this.#mismatches} mismatches, ${this.#knownCount} known differences\n`)
    write(`${this.#compared - this.#mismatches} passed, ${this.#mismatches} failed\n`)
  }
}

function withText (question) {
  return { ...question, contextText: jsonText(question.context, question.numberStyle) }
}

function readOptions () {
  try {
    const { values } = parseArgs({
      options: {
        bin: { type: 'string', default: process.env.INKPROOF_BIN || fileURLToPath(new URL('../../../target/release/inkproof', import.meta.url)) },
        seed: { type: 'string', default: '1' },
        count: { type: 'string', default: '10000' },
        start: { type: 'string', default: '0' },
        batch: { type: 'string', default: '250' },
        shrink: { type: 'string', default: '300' },
        timeout: { type: 'string', default: '5000' },
        known: { type: 'string', default: fileURLToPath(new URL('known-differences.json', import.meta.url)) },
        report: { type: 'string' },
        stats: { type: 'boolean', default: false },
        dry: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false }
      }
    })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    for (const name of ['seed', 'count', 'start', 'batch', 'shrink', 'timeout']) {
      const least = name === 'batch' || name === 'timeout' ? 1 : 0
      if (!/^\d{1,9}$/.test(values[name]) || +values[name] < least) throw new Error(`\`--${name}\`: expected a whole number from ${least}, found \`${values[name]}\``)
      values[name] = Number(values[name])
    }
    return values
  } catch (error) {
    fail(`${error.message}\n${USAGE}`)
  }
}

function readKnownDifferences (path) {
  try {
    return new KnownDifferences(path)
  } catch (error) {
    fail(`\`${path}\`: ${error.message}`)
  }
}

function fail (message) {
  console.error(message)
  process.exit(2)
}

main().catch(error => fail(error.stack))
