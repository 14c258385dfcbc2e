// Blocks and tags. A template is first a list of pieces:
//   {text}                 literal text
//   {output}               what stands between {{ and }}
//   {tag, body}            a tag's name and what follows it
// and only then a text, either with {% %} around each tag or as the lines of a `liquid` tag.
import { ASSIGNED_NAMES, LOOP_NAMES, TEXTS, UNKNOWN_TAGS } from './words.mjs'
import { UNKNOWN } from './scope.mjs'

const LOOP_MEMBERS = ['index', 'index0', 'rindex', 'rindex0', 'first', 'last', 'length']
const ROW_MEMBERS = [...LOOP_MEMBERS, 'row', 'col', 'col0', 'col_first', 'col_last']

export class Pieces {
  #looping = 0

  constructor (random, scope, expressions, oddness) {
    this.random = random
    this.scope = scope
    this.expressions = expressions
    this.oddness = oddness
  }

  #odd (factor = 1) {
    return this.random.chance(this.oddness * factor)
  }

  /** A sequence of pieces; blocks nest up to `depth`. */
  list (depth, low = 1, high = 3) {
    return this.random.several(low, high, () => this.#piece(depth)).flat()
  }

  /** A block's content: names assigned in it may not exist afterwards. */
  #inside (depth) {
    const mark = this.scope.mark()
    const pieces = this.list(depth - 1, 0, 2)
    if (!this.random.chance(0.15)) this.scope.release(mark)
    return pieces
  }

  #piece (depth) {
    return this.random.weighted([
      [3, () => [this.text()]],
      [6, () => [this.output()]],
      [6, () => this.tag(this.random.weighted(TAG_WEIGHTS), depth)]
    ])()
  }

  text () {
    return { text: this.random.several(1, 2, () => this.random.pick(TEXTS)).join('') }
  }

  output (first) {
    return { output: this.expressions.filtered(first).text }
  }

  /** The pieces of one tag, with its block if it has one. */
  tag (name, depth) {
    if (this.#odd(0.15)) return [{ tag: this.random.pick(UNKNOWN_TAGS), body: this.expressions.value().text }]
    return depth <= 0 && BLOCKS.has(name) ? [this.output()] : TAGS[name].call(this, depth)
  }

  /** A loop's head and body: the variable and the loop's own members are known inside. */
  loop (depth, tag, end, head, element, members) {
    const mark = this.scope.mark()
    const name = this.random.pick(LOOP_NAMES)
    this.scope.declare(name, element)
    this.scope.declareLoop(tag === 'for' ? 'forloop' : 'tablerowloop', members)
    this.#looping++
    const body = [...this.#inside(depth), ...(this.random.chance(0.7) ? [{ output: name }] : [])]
    if (this.random.chance(0.2)) body.push(...this.tag(this.random.pick(['cycle', 'break', 'continue', 'increment']), depth))
    this.#looping--
    this.scope.release(mark)
    return [{ tag, body: `${name} in ${head}` }, ...body, ...this.#otherwise(tag, depth), { tag: end, body: '' }]
  }

  #otherwise (tag, depth) {
    return tag === 'for' && this.random.chance(0.2) ? [{ tag: 'else', body: '' }, ...this.#inside(depth)] : []
  }

  /** `collection limit:… offset:…`, with an example of an element. */
  loopHead (parameters) {
    const collection = this.expressions.value('collection')
    const list = parameters.filter(() => this.random.chance(0.22)).map(name => this.#parameter(name))
    if (this.random.chance(0.2)) list.reverse()
    if (this.#odd(0.4)) list.push(this.random.pick(['limit', 'offset:', 'cols', 'unknown: 1', '| reverse', ',', 'limit: -1', 'limit:"2"', 'offset:missing', 'reversed:false', 'limit: 2 limit: 1']))
    return {
      text: [collection.text, ...list].join(this.random.pick([' ', ' ', ', '])),
      element: Array.isArray(collection.value) && collection.value.length ? collection.value[0] : UNKNOWN
    }
  }

  #parameter (name) {
    if (name === 'reversed') return 'reversed'
    if (name === 'offset' && this.random.chance(0.35)) return `offset:${this.random.pick(['continue', ' continue'])}`
    return `${name}:${this.random.pick(['', ' '])}${this.#odd() ? this.expressions.value().text : this.random.integer(name === 'cols' ? 1 : 0, 4)}`
  }

  branches (depth, tag, end) {
    const pieces = [{ tag, body: this.#test() }, ...this.#inside(depth)]
    while (this.random.chance(0.2)) pieces.push({ tag: 'elsif', body: this.#test() }, ...this.#inside(depth))
    if (this.random.chance(0.45)) pieces.push({ tag: 'else', body: this.#odd(0.3) ? 'x' : '' }, ...this.#inside(depth))
    if (this.#odd(0.2)) pieces.push({ tag: this.random.pick(['else', 'elsif']), body: 'true' }, ...this.#inside(depth))
    return [...pieces, { tag: end, body: this.#odd(0.2) ? 'x' : '' }]
  }

  #test () {
    return this.random.chance(0.85) ? this.expressions.condition(2) : this.expressions.filtered().text
  }

  cases (depth) {
    const subject = this.expressions.filtered()
    const pieces = [{ tag: 'case', body: subject.text }, ...(this.random.chance(0.1) ? [this.text()] : [])]
    for (let left = this.random.integer(0, 3); left > 0; left--) {
      const values = this.random.several(1, 3, () => {
        const known = typeof subject.value === 'string' || typeof subject.value === 'number'
        return known && this.random.chance(0.3) ? this.expressions.written(subject.value) : this.expressions.value('any').text
      })
      pieces.push({ tag: 'when', body: values.join(this.random.pick([', ', ' or ', ',', ' , ', ' or '])) }, ...this.#inside(depth))
      if (this.#odd(0.4)) pieces.push({ tag: 'else', body: '' }, ...this.#inside(depth))
    }
    if (this.random.chance(0.4)) pieces.push({ tag: 'else', body: '' }, ...this.#inside(depth))
    return [...pieces, { tag: 'endcase', body: '' }]
  }

  /** A template's name and arguments. No templates exist, so what is rendered fails; most of the time nothing is. */
  partial (tag, depth) {
    const piece = {
      tag,
      body: this.random.pick(["'card'", '"a/b"', "'{{ title }}'", 'missing', this.expressions.value('string').text, '5', 'none', '', "'./x'", "''"]) +
        this.random.pick(['', '', ', x: 1', ' x: 1, y: 2', ' with items', ' with items as x', ' for items as x', ' for (1..2)', ', title', ' x=1'])
    }
    const hidden = [{ tag: 'if', body: 'false' }, piece, { tag: 'endif', body: '' }]
    return this.random.chance(0.75) ? hidden : [piece]
  }

  comment (depth) {
    const body = this.random.chance(0.5) ? this.#inside(depth) : [{ text: this.random.pick(['note', '{{ missing }}', '{% nosuch %}', '{% if %}', '{{ "', '{% raw %}{% endcomment %}{% endraw %}']) }]
    return [{ tag: 'comment', body: this.#odd(0.3) ? 'x' : '' }, ...body, { tag: 'endcomment', body: '' }]
  }

  raw () {
    const text = this.random.pick(['{{ x }}', '{% if %}', '{{', '%}', '{% endif %}', ' {{ "a" }} ', '{% raw %}', '{% endra %}', '', '\n x \n', '{% comment %}', '{%- x -%}'])
    return [{ tag: 'raw', body: '' }, { text }, { tag: 'endraw', body: '' }]
  }

  liquid (depth) {
    const lines = this.list(Math.min(depth - 1, 2), 0, 3).map(piece => this.#line(piece)).filter(line => line !== '')
    const gap = this.random.pick(['\n', '\n', '\n  ', '\n\n', '\r\n'])
    const start = this.random.chance(0.8) ? gap : ''
    return [{ tag: 'liquid', body: start + lines.join(gap) + (this.random.chance(0.7) ? '\n' : '') }]
  }

  /** A piece as a line of a `liquid` tag. */
  #line (piece) {
    const tag = piece.text !== undefined ? { tag: 'echo', body: this.expressions.quoted(piece.text) } : piece.output !== undefined ? { tag: 'echo', body: piece.output } : piece
    const line = `${tag.tag} ${tag.body}`.trimEnd()
    return tag.tag === 'liquid' || this.#odd(0.2) ? line : line.replaceAll('\n', ' ')
  }

  inlineComment () {
    return [{ tag: '#', body: this.random.pick(['note', 'a "quote', 'a\n# b', 'a\n\n   # b', '', '# x', "it's"]) + (this.#odd(0.2) ? '\nno hash' : '') }]
  }

  counter (tag) {
    return [{ tag, body: this.random.pick(['counter', 'counter', 'n', 'x', 'count', 'a-b', 'é', ...(this.#odd() ? ['', '"q"', 'a.b', '1', 'x y'] : [])]) }]
  }

  cycle () {
    const group = this.random.chance(0.3) ? `${this.expressions.value('string').text}: ` : ''
    const items = this.random.several(this.#odd(0.2) ? 0 : 1, 3, () => this.random.chance(0.6) ? this.random.pick(["'a'", "'b'", '"c"', '1', '2']) : this.expressions.value('any').text)
    return [{ tag: 'cycle', body: group + items.join(this.random.pick([', ', ',', ' , '])) }]
  }

  /** `break` and `continue` under a condition, in and sometimes out of a loop. */
  jump (tag) {
    if (!this.#looping && !this.random.chance(0.3)) return [this.output()]
    if (this.random.chance(0.3)) return [{ tag, body: '' }]
    return [{ tag: 'if', body: this.#looping ? this.random.pick(['forloop.index > 1', 'forloop.first', this.expressions.condition(1)]) : this.expressions.condition(1) }, { tag, body: '' }, { tag: 'endif', body: '' }]
  }

  assign () {
    const { text, value } = this.expressions.filtered()
    const name = this.random.pick(ASSIGNED_NAMES)
    const target = this.#odd(0.2) ? this.random.pick(['', 'a.b', '"q"', 'x y', 'x[0]', '=', '😀', 'x:', 'true', '9']) : name
    this.scope.declare(name, value)
    return [{ tag: 'assign', body: `${target}${this.random.pick([' = ', ' = ', ' = ', '=', ' =', '= '])}${text}` }, ...(this.random.chance(0.5) ? [{ output: name }] : [])]
  }

  capture (depth) {
    const body = this.#inside(depth)
    const name = this.random.pick(ASSIGNED_NAMES)
    this.scope.declare(name)
    const target = this.#odd(0.3) ? this.random.pick(['', '"q', '(', 'a.b', 'x y', '|']) : this.random.pick([name, name, `'${name}'`, `"${name}"`])
    return [{ tag: 'capture', body: target }, ...body, { tag: 'endcapture', body: '' }, ...(this.random.chance(0.5) ? [{ output: name }] : [])]
  }

  layout () {
    return [{ tag: 'layout', body: this.random.pick(['none', 'none', 'none', 'none', '"page"', "'page', x: 1", 'missing', '', 'nil', '5']) }]
  }

  block (depth) {
    const name = this.random.pick(['a', 'main', '', '"q"', 'a b', 'x-y'])
    return [{ tag: 'block', body: name }, ...this.#inside(depth), { tag: 'endblock', body: '' }]
  }
}

/** How each tag is written, by its name. */
const TAGS = {
  assign () { return this.assign() },
  capture (depth) { return this.capture(depth) },
  echo () { return [{ tag: 'echo', body: this.random.chance(0.04) ? '' : this.expressions.filtered().text }] },
  if (depth) { return this.branches(depth, 'if', 'endif') },
  unless (depth) { return this.branches(depth, 'unless', 'endunless') },
  case (depth) { return this.cases(depth) },
  for (depth) {
    const { text, element } = this.loopHead(['limit', 'offset', 'reversed'])
    return this.loop(depth, 'for', 'endfor', text, element, LOOP_MEMBERS)
  },
  tablerow (depth) {
    const { text, element } = this.loopHead(['cols', 'cols', 'limit', 'offset'])
    return this.loop(depth, 'tablerow', 'endtablerow', text, element, ROW_MEMBERS)
  },
  break () { return this.jump('break') },
  continue () { return this.jump('continue') },
  cycle () { return this.cycle() },
  increment () { return this.counter('increment') },
  decrement () { return this.counter('decrement') },
  raw () { return this.raw() },
  comment (depth) { return this.comment(depth) },
  '#' () { return this.inlineComment() },
  liquid (depth) { return this.liquid(depth) },
  render (depth) { return this.partial('render', depth) },
  include (depth) { return this.partial('include', depth) },
  layout () { return this.layout() },
  block (depth) { return this.block(depth) }
}

/** Tags that hold other pieces, and so stop at the end of the nesting. */
const BLOCKS = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture', 'comment', 'liquid', 'block', 'render', 'include'])

const TAG_WEIGHTS = [
  [10, 'assign'], [4, 'capture'], [4, 'echo'], [14, 'if'], [5, 'unless'], [7, 'case'], [14, 'for'], [5, 'tablerow'], [2, 'break'], [2, 'continue'], [4, 'cycle'],
  [3, 'increment'], [3, 'decrement'], [2, 'raw'], [2, 'comment'], [2, '#'], [4, 'liquid'], [1, 'render'], [1, 'include'], [1, 'layout'], [1, 'block']
]

/** The tags that `tag` can write. */
export const TAG_NAMES = Object.keys(TAGS)

/** The pieces as a template, with whitespace control here and there. */
export function printPieces (pieces, random) {
  return pieces.map(piece => {
    if (piece.text !== undefined) return piece.text
    const [opener, closer, content] = piece.output !== undefined ? ['{{', '}}', piece.output] : ['{%', '%}', `${piece.tag} ${piece.body}`.trimEnd()]
    return opener + trim(random) + blank(random) + content + blank(random) + trim(random) + closer
  }).join('')
}

function trim (random) {
  return random.chance(0.08) ? '-' : ''
}

function blank (random) {
  return random.chance(0.9) ? ' ' : random.pick(['', '', '  ', '\n', '\t', '\r\n', '\u00a0'])
}
