// Our side: one `inkproof liquid --jsonl` process kept alive, asked many lines at a time.
// A crash or a hang is pinned on the line that makes it, the process is started anew, and the batch goes on.
import { spawn, spawnSync } from 'node:child_process'
import { readAnswer } from './answer.mjs'

const ARGUMENTS = ['liquid', '--dialect', 'liquidjs', '--jsonl']

export class Binary {
  #path
  #timeout
  #child = null
  #waiting = null

  /** `timeout`: milliseconds without any answer after which the process counts as hanging. */
  constructor (path, timeout) {
    this.#path = path
    this.#timeout = timeout
  }

  /** Why the binary cannot be used, or undefined. */
  async problem () {
    const line = '{"template": "{{ x }}", "context": {"x": "ready"}}'
    const alone = this.askAlone(line)
    if (alone.output !== 'ready') return `\`${this.#path}\` did not answer the first question: ${JSON.stringify(alone)}`
    const { answers, failure } = await this.#askTogether([line])
    if (answers[0]?.output !== 'ready') {
      return `\`${this.#path}\` answers only when its input ends, expected an answer to each line (${failure?.detail})`
    }
  }

  /** One answer for each line, in order. */
  async ask (lines) {
    const answers = []
    while (answers.length < lines.length) {
      const rest = lines.slice(answers.length)
      const { answers: got, failure } = await this.#askTogether(rest)
      answers.push(...got)
      if (failure) answers.push(...this.#findCulprit(lines.slice(answers.length), failure))
    }
    return answers
  }

  /** Asks one line of a process of its own. */
  askAlone (line) {
    const { stdout, stderr, status, signal, error } = spawnSync(this.#path, ARGUMENTS, {
      input: line + '\n', timeout: this.#timeout, env: environment(), encoding: 'utf8', maxBuffer: 1 << 28
    })
    if (error?.code === 'ETIMEDOUT') return { failure: 'hang', detail: `no answer within ${this.#timeout} ms` }
    if (error && !stdout) return { failure: 'crash', detail: error.message }
    const answered = stdout.split('\n')[0]
    if (status === 0 && answered) return readAnswer(answered)
    return { failure: 'crash', detail: exitText(status, signal, stderr) }
  }

  stop () {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }

  /** Answers from the living process until all lines are answered or it fails. */
  #askTogether (lines) {
    return new Promise(resolve => {
      const child = this.#child ?? this.#start()
      const answers = []
      let timer, verdict
      const settle = failure => {
        clearTimeout(timer)
        clearImmediate(verdict)
        this.#waiting = null
        if (failure) this.stop()
        resolve({ answers, failure })
      }
      const watch = () => {
        clearTimeout(timer)
        clearImmediate(verdict)
        // What has arrived while LiquidJS kept this process busy is read before the verdict.
        timer = setTimeout(() => {
          verdict = setImmediate(() => settle({ failure: 'hang', detail: `no answer within ${this.#timeout} ms` }))
        }, this.#timeout)
      }
      this.#waiting = {
        answer (line) {
          answers.push(readAnswer(line))
          if (answers.length === lines.length) settle()
          else watch()
        },
        end: detail => settle({ failure: 'crash', detail })
      }
      watch()
      child.stdin.write(lines.join('\n') + '\n')
    })
  }

  /** The answers up to and including the first line that fails on its own too. */
  #findCulprit (lines, failure) {
    const answers = []
    for (const line of lines) {
      const answer = this.askAlone(line)
      answers.push(answer)
      if (answer.failure) return answers
    }
    answers[0] = { ...failure, detail: `${failure.detail} (only in a batch; alone it answers)` }
    return answers
  }

  #start () {
    const child = spawn(this.#path, ARGUMENTS, { env: environment(), stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    let unread = ''
    let complaints = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      if (child !== this.#child) return
      const lines = (unread + text).split('\n')
      unread = lines.pop()
      for (const line of lines) this.#waiting?.answer(line)
    })
    child.stderr.setEncoding('utf8').on('data', text => { complaints = (complaints + text).slice(-2000) })
    child.stdin.on('error', () => {}) // a dead process is reported by its end, not by the pipe
    const ended = detail => {
      if (child !== this.#child) return
      this.#child = null
      this.#waiting?.end(detail)
    }
    child.on('error', error => ended(error.message))
    child.on('close', (status, signal) => ended(exitText(status, signal, complaints)))
    return child
  }
}

/** Asked for each process, because only importing the oracle fixes the zone. */
function environment () {
  return { ...process.env, TZ: 'UTC' }
}

function exitText (status, signal, stderr) {
  const how = signal ? `signal ${signal}` : `exit code ${status}`
  const why = stderr.trim().split('\n').slice(0, 3).join(' ⏎ ')
  return why ? `${how}: ${why}` : how
}
