// An answer is what either side says a case renders to:
//   {output}                  the rendered text
//   {error: {name, message}}  the first line of the error
//   {failure, detail}         ours only: `crash`, `hang` or `garbled` instead of an answer

/** Reads one line of the binary's standard output. */
export function readAnswer (line) {
  let value
  try {
    value = JSON.parse(line)
  } catch {
    return { failure: 'garbled', detail: line }
  }
  if (typeof value?.output === 'string') return { output: value.output }
  const { name, message } = value?.error ?? {}
  if (typeof name === 'string' && typeof message === 'string') return { error: { name, message } }
  return { failure: 'garbled', detail: line }
}

export function sameAnswer (a, b) {
  if (a.failure || b.failure) return false
  return a.output === b.output && a.error?.name === b.error?.name && a.error?.message === b.error?.message
}

/** `output`, the name of the error, or the failure: what two answers must share to be the same kind of answer. */
export function kindOf (answer) {
  return answer.failure ?? answer.error?.name ?? 'output'
}

/** The answer as one text, which is what the patterns of the known differences are matched against. */
export function answerText (answer) {
  if (answer.failure) return `${answer.failure}: ${answer.detail}`
  return answer.error ? `${answer.error.name}: ${answer.error.message}` : answer.output
}

/** The error with everything that depends on the case taken out, so that equal faults can be counted together. */
export function errorKind (answer) {
  if (!answer.error) return kindOf(answer)
  const message = answer.error.message
    .replace(/, line:\d+, col:\d+$/, '')
    .replace(/^(undefined (?:variable|filter):|illegal tag:|Invalid time zone specified:) .*/s, '$1 …')
    .replace(/^(output|raw|tag)(?! ".*" not found| syntax) .*/s, '$1 … not closed') // the rest may be on the message's next line
    .replace(/"(?:[^"\\]|\\.)*"?/g, '"…"')
    .replace(/\d+/g, 'N')
  return `${answer.error.name}: ${message}`
}
