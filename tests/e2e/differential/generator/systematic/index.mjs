// The systematic cases, by the part of the language they are about. A case is {about, template, data, limits?}:
// `data` is JSON text, `limits` may set LiquidJS's memoryLimit (`memory`) and parseLimit (`parse`).
import { errorCases } from './errors.mjs'
import { expressionCases } from './expressions.mjs'
import { filterCases } from './filters.mjs'
import { limitCases } from './limits.mjs'
import { tagCases } from './tags.mjs'

export const SYSTEMATIC = { filters: filterCases, expressions: expressionCases, tags: tagCases, errors: errorCases, limits: limitCases }
