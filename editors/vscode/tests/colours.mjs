// Prints a template in the colours of a terminal, as the grammar scopes it: `node colours.mjs TEMPLATE`. Draws the picture in
// docs/editor.md.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const textmate = require('vscode-textmate')
const oniguruma = require('vscode-oniguruma')

/** The colour of each scope, as editors commonly choose it; the first that fits the innermost scopes counts. */
const COLOURS = [
  ['comment', '2;3'],
  ['invalid', '31;4'],
  ['punctuation.definition.tag', '36'],
  ['punctuation.definition.output', '36'],
  ['punctuation.definition.settings', '36'],
  ['punctuation.separator', ''],
  ['punctuation.accessor', ''],
  ['keyword', '35'],
  ['support.function.filter', '33'],
  ['variable.language', '34;1'],
  ['variable.parameter', '33;3'],
  ['variable', '34'],
  ['meta.settings entity', '35'],
  ['constant.character.escape', '36'],
  ['constant', '33'],
  ['support.type.property-name', '31'],
  ['punctuation.support.type.property-name', '31'],
  ['entity.name.tag', '35'],
  ['meta.output', ''],
  ['meta.tag', ''],
  ['string', '32'],
]

/** The colour of the innermost scope that has one. */
function colourOf(scopes) {
  for (const scope of scopes.toReversed()) {
    const found = COLOURS.find(([prefix]) => scope === prefix || scope.startsWith(`${prefix}.`))
    if (found !== undefined) return found[1]
  }
  return ''
}

await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer)
const file = new URL('../syntaxes/inkproof.tmLanguage.json', import.meta.url).pathname
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => textmate.parseRawGrammar(readFileSync(file, 'utf8'), file),
})
const grammar = await registry.loadGrammar('source.json.liquid')

let stack = textmate.INITIAL
for (const line of readFileSync(process.argv[2], 'utf8').trimEnd().split('\n')) {
  const { tokens, ruleStack } = grammar.tokenizeLine(line, stack)
  stack = ruleStack
  const coloured = tokens.map(({ startIndex, endIndex, scopes }) => {
    const [text, colour] = [line.slice(startIndex, endIndex), colourOf(scopes)]
    return colour === '' ? text : `\x1b[${colour}m${text}\x1b[0m`
  })
  console.log(coloured.join(''))
}
