// One random case: a template, its data and the mode. `makeCase(seed, index)` always gives the same.
import { Random } from './random.mjs'
import { makeContext } from './data.mjs'
import { Scope } from './scope.mjs'
import { Expressions, FILTERS } from './expressions.mjs'
import { Pieces, TAG_NAMES, printPieces } from './tags.mjs'
import { mutatePieces, mutateText } from './mutations.mjs'
import { NUMBER_STYLES } from '../wire.mjs'

/** What a case is about. */
const SHAPES = [
  [4, ({ pieces, random }) => [pieces.output(random.pick(FILTERS))]],
  [1, ({ pieces }) => [{ text: '[' }, pieces.output(), { text: ']' }]],
  [2, ({ expressions }) => [{ tag: 'if', body: expressions.condition(3) }, { text: 'yes' }, { tag: 'else', body: '' }, { text: 'no' }, { tag: 'endif', body: '' }]],
  [2, ({ pieces, random }) => [...pieces.tag(random.pick(TAG_NAMES), 2), ...pieces.list(1, 0, 1)]],
  [4, ({ pieces }) => pieces.list(2, 1, 3)],
  [1, ({ pieces }) => pieces.list(4, 1, 3)]
]

/** `{id, template, context, numberStyle, lax}`. */
export function makeCase (seed, index) {
  const random = new Random(seed, index)
  const context = makeContext(random)
  const oddness = random.weighted([[3, 0.03], [4, 0.14], [1, 0.35]])
  const scope = new Scope(context)
  const expressions = new Expressions(random, scope, oddness)
  let pieces = random.weighted(SHAPES)({ random, expressions, pieces: new Pieces(random, scope, expressions, oddness) })
  const damage = random.chance(0.3)
  if (damage && random.chance(0.4)) pieces = mutatePieces(random, pieces)
  let template = printPieces(pieces, random)
  if (damage) for (let left = random.integer(0, 3); left > 0; left--) template = mutateText(random, template)
  return {
    id: `${seed}/${index}`,
    template,
    context,
    numberStyle: random.chance(0.8) ? 'plain' : random.pick(NUMBER_STYLES),
    lax: random.chance(0.3)
  }
}
