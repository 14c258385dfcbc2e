// Which filters, tags and operators a template names, read off its text: for counting, and for telling mismatches apart.
import { BUILTINS } from './generator/builtins.mjs'

const FILTER = /\|\s*([\w-]+)/g
const TAG = /\{%-?\s*([\w-]+|#)/g
const LIQUID_TAG = /\{%-?\s*liquid([^]*?)%\}/g
const LINE_TAG = /^\s*([\w-]+|#)/gm

/** `{filters, tags}`: the built-in names in order of the alphabet, each once. Unknown ones count as `?`. */
export function namesIn (template) {
  const tags = [...template.matchAll(TAG)].map(match => match[1])
  for (const [, lines] of template.matchAll(LIQUID_TAG)) tags.push(...[...lines.matchAll(LINE_TAG)].map(match => match[1]))
  const filters = [...template.matchAll(FILTER)].map(match => match[1])
  return {
    filters: distinct(filters.map(name => Object.hasOwn(BUILTINS.filters, name) ? name : '?')),
    tags: distinct(tags.filter(name => !BUILTINS.endTags.includes(name)).map(name => BUILTINS.tags.includes(name) ? name : '?'))
  }
}

function distinct (names) {
  return [...new Set(names)].sort()
}
