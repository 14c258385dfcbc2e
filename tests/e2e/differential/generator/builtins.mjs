// Every tag and filter that LiquidJS registers. A filter's `input`, `arguments` (`?` marks an optional one) and `output`
// say which kinds of value make sense there; expressions.mjs knows how to write each kind.
import { readFileSync } from 'node:fs'

export const BUILTINS = JSON.parse(readFileSync(new URL('builtins.json', import.meta.url), 'utf8'))
