// LiquidJS, asked in process, with the options that Customer.io's documented behaviour implies.
process.env.TZ = 'UTC'
import { Liquid } from 'liquidjs'

/** The options of the engine that is asked; lax mode differs in `strictVariables`. */
export const OPTIONS = {
  strictVariables: true,
  lenientIf: true,
  strictFilters: true,
  timezoneOffset: 0,
  renderLimit: 2000,
  memoryLimit: 1e8,
  parseLimit: 1e8,
  templates: {}
}
const LIVE = new Liquid(OPTIONS)
const LAX = new Liquid({ ...OPTIONS, strictVariables: false })

/** What LiquidJS answers. The context comes as JSON text because rendering writes into it (`increment`). */
export function askLiquidJS ({ template, contextText, lax, limits }) {
  try {
    return { output: engine(lax, limits).parseAndRenderSync(template, JSON.parse(contextText)) }
  } catch (error) {
    return { error: { name: error.name, message: String(error.message).split('\n')[0] } }
  }
}

/** Whether LiquidJS refuses the template before it renders anything. */
export function isRejected ({ template, limits }) {
  try {
    engine(false, limits).parse(template)
    return false
  } catch {
    return true
  }
}

/** An engine for the mode; with `limits`, `{memory?, parse?}`, one of its own. */
function engine (lax, limits) {
  if (!limits) return lax ? LAX : LIVE
  const { memory = OPTIONS.memoryLimit, parse = OPTIONS.parseLimit } = limits
  return new Liquid({ ...OPTIONS, strictVariables: !lax, memoryLimit: memory, parseLimit: parse })
}

/** Renders slower or larger than this are near the limits, where an answer depends on the machine. */
const SLOW_MILLISECONDS = 200
const LARGE_OUTPUT = 1_000_000

/** Texts of the limits that time and stack size decide. */
export const MACHINE_DEPENDENT = /template render limit exceeded|Maximum call stack size exceeded/

/**
 * LiquidJS's answer if it is one to compare with, else `{unfit: why}`: the answer depends on chance, on the clock,
 * or on how fast the machine is.
 */
export function expectedAnswer (question) {
  if (/\b(?:now|today)\b/.test(question.template + question.contextText)) return { unfit: 'clock' }
  const start = performance.now()
  const answer = askLiquidJS(question)
  if (performance.now() - start > SLOW_MILLISECONDS || answer.output?.length > LARGE_OUTPUT) return { unfit: 'slow' }
  if (answer.error && MACHINE_DEPENDENT.test(answer.error.message)) return { unfit: 'slow' }
  if (question.template.includes('sample') && dependsOnChance(question)) return { unfit: 'chance' }
  return answer
}

/** Stand-ins for Math.random that give sorting by chance different orders. */
const CHANCES = [
  () => () => 0,
  () => () => 0.999,
  () => { let turn = 0; return () => (turn++ * 0.618) % 1 },
  () => { let turn = 1; return () => (turn++ * 0.367) % 1 }
]

/** Whether the answer follows Math.random, which is what `sample` draws from. */
export function dependsOnChance (question) {
  const random = Math.random
  try {
    const answers = CHANCES.map(draws => {
      Math.random = draws()
      return JSON.stringify(askLiquidJS(question))
    })
    return new Set(answers).size > 1
  } finally {
    Math.random = random
  }
}

/** Why this process cannot serve as the oracle, or undefined. Month and day names come from the process's locale. */
export function oracleProblem () {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions()
  if (locale !== 'en-US') return `LiquidJS would answer in \`${locale}\`: run with LC_ALL=C.UTF-8`
  if (timeZone !== 'UTC') return `LiquidJS would answer in the zone \`${timeZone}\`: run with TZ=UTC`
}
