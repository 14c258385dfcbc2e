// Values, conditions and filter chains as source text. Most are right; `#odd` decides where one goes astray.
import { BUILTINS } from './builtins.mjs'
import { UNKNOWN } from './scope.mjs'
import {
  STRINGS, NUMERIC_STRINGS, NUMBER_LITERALS, ODD_NUMBER_LITERALS, DATES, DATE_FORMATS, ZONES, ENCODED, BASE64, MISSING_NAMES, MEMBER_NAMES,
  UNKNOWN_FILTERS, LOOP_NAMES
} from './words.mjs'


/** Filters with more to them than one in 88 cases would show. */
const EMPHASIS = { date: 8, sort: 3, slice: 2, slugify: 2, round: 2, truncate: 2, default: 2, json: 2, split: 2, strip_html: 2, group_by_exp: 2, where: 2 }

/** The filters to choose from, each as often as it deserves. */
export const FILTERS = Object.entries(BUILTINS.filters)
  .flatMap(([name, traits]) => Array.from({ length: EMPHASIS[name] ?? 1 }, () => ({ name, ...traits })))
const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'contains']
const LITERALS = ['true', 'false', 'nil', 'null', 'empty', 'blank']
const ANY_KIND = ['string', 'number', 'boolean', 'array', 'object', 'date', 'nothing']

const isString = value => typeof value === 'string'
const isNumber = value => typeof value === 'number'
const isDate = value => isString(value) ? DATES.includes(value) : isNumber(value) && Math.abs(value) > 1e6

/** Whether a value is of the kind that a filter or a tag asks for. */
const TESTS = {
  string: isString,
  encoded: isString,
  base64: isString,
  number: isNumber,
  integer: Number.isInteger,
  boolean: value => typeof value === 'boolean',
  array: Array.isArray,
  object: value => value instanceof Map,
  sequence: value => isString(value) || Array.isArray(value),
  collection: value => Array.isArray(value) || value instanceof Map,
  date: isDate,
  nothing: value => value === null,
  any: () => true
}

/** Literals for each kind that can be written as one. */
const WRITTEN = {
  string: e => e.quoted(e.random.pick(e.random.chance(0.85) ? STRINGS : NUMERIC_STRINGS)),
  encoded: e => e.quoted(e.random.pick(ENCODED)),
  base64: e => e.quoted(e.random.pick(BASE64)),
  number: e => e.random.chance(0.5) ? String(e.random.integer(-3, 12)) : e.random.pick(NUMBER_LITERALS),
  integer: e => String(e.random.integer(-4, 12)),
  boolean: e => e.random.pick(['true', 'false']),
  array: e => e.range(),
  collection: e => e.range(),
  sequence: e => e.random.chance(0.6) ? WRITTEN.string(e) : e.range(),
  date: e => e.random.chance(0.9) ? e.quoted(e.random.pick(DATES)) : e.random.pick(['0', '1700000000', '-1', '1.5', '951782400', '-62135596800', '8640000000001']),
  nothing: e => e.random.pick(['nil', 'null', 'empty', 'blank']),
  any: e => WRITTEN[e.random.weighted([[4, 'string'], [4, 'number'], [1, 'boolean'], [1, 'array'], [1, 'nothing']])](e),
  object: e => WRITTEN.any(e)
}

/** Arguments of filters; what is not here is a plain value of that kind. `input` is the value the filter works on. */
const ARGUMENTS = {
  property: (e, input) => e.property(input),
  element: (e, input) => {
    const members = elementsOf(input).flatMap(element => element instanceof Map ? [...element.values()] : [element])
    const scalars = members.filter(member => isString(member) || isNumber(member) || typeof member === 'boolean')
    return scalars.length && e.random.chance(0.7) ? e.written(e.random.pick(scalars)) : e.value('any').text
  },
  itemName: e => e.quoted(e.random.pick(LOOP_NAMES)),
  predicate: (e, input) => e.quotedExpression(input, inner => inner.condition(1)),
  grouping: (e, input) => e.quotedExpression(input, inner => inner.filtered().text),
  separator: e => e.quoted(e.random.pick(['', ' ', ',', ', ', '-', 'a', 'b', '\n', '|', '日', '😀', 'é'])),
  characters: e => e.quoted(e.random.pick([' ', 'a', 'abc', 'Hh', ' \n', '', '-', '.', '日', '😀', 'b<>'])),
  piece: e => e.quoted(e.random.pick(['a', 'b', 'o', 'l', ' ', ',', '-', '', 'the', '\n', 'é', '日', '😀', '<', '$&', '.', 'x'])),
  format: e => e.quoted(e.random.several(1, 2, () => e.random.pick(DATE_FORMATS)).join(' ')),
  zone: e => e.random.pick(ZONES),
  ordinal: e => e.random.pick(['"ordinal"', '"ordinal"', "'ordinal'", '"Ordinal"', 'nil', '1']),
  ordinalStyle: e => e.random.pick(['"US"', '"US"', '"UK"', '"us"', 'nil']),
  slugMode: e => e.quoted(e.random.pick(['default', 'latin', 'pretty', 'ascii', 'raw', 'none', 'other'])),
  wordMode: e => e.quoted(e.random.pick(['default', 'cjk', 'auto', 'other'])),
  indent: e => e.random.pick(['0', '1', '2', '4', '10', '11', '-1', '"  "', '"\\t"', '"--"', 'true', 'nil']),
  allowFalse: e => e.random.pick(['allow_false: true', 'allow_false:true', 'allow_false: false', 'allow_false', 'other: true', '"allow_false": true'])
}

function elementsOf (value) {
  return Array.isArray(value) ? value : []
}

export class Expressions {
  /** `oddness`: how often an expression is written against the rules or the data. */
  constructor (random, scope, oddness) {
    this.random = random
    this.scope = scope
    this.oddness = oddness
  }

  #odd (factor = 1) {
    return this.random.chance(this.oddness * factor)
  }

  /** A value of the kind, `{text, value}`: a path if the data has one, else a literal. */
  value (kind = 'any') {
    if (this.#odd()) kind = this.random.pick(ANY_KIND)
    if (this.#odd(0.5)) return { text: this.#strayValue(), value: UNKNOWN }
    if (this.random.chance(0.75)) {
      const places = this.scope.places(TESTS[kind])
      if (places.length) {
        const { text, value } = this.random.pick(places)
        return { text: this.#respelt(text), value }
      }
    }
    return { text: WRITTEN[kind](this), value: UNKNOWN }
  }

  #strayValue () {
    return this.random.weighted([
      [4, () => this.random.pick(MISSING_NAMES)],
      [2, () => this.random.pick(ODD_NUMBER_LITERALS)],
      [2, () => this.random.pick(LITERALS)],
      [2, () => this.value().text + this.random.pick(['.size', '.first', '.last', '[0]', '[-1]', '[1.5]', '["0"]', '.0', '[]', '[', '.', '..', '["size"]', '[nil]', '[true]', '[missing]', ' [0]', '. size', '.x?', '["a b"]', '[0 1]', '[(1..2)]'])],
      [1, () => this.quoted(this.random.pick(STRINGS)) + this.random.pick(['.size', '[0]', '.first', '.last', '.x'])],
      [1, () => this.random.pick(['(1..3)', '(1..3', '(a..b', '(..3)', '(1..)', '(1.5..3.2)', '("1".."3")', '(3..1)', '(1 .. 3)', '(1...3)', '(1..3).size', '(1..3).first', '(1..3)[1]', '(1 == 1)', '((1..2)..3)', '(nil..2)', '(1,2)', '()'])]
    ])()
  }

  /** The same path in another spelling. */
  #respelt (path) {
    if (!this.random.chance(0.08)) return path
    return this.random.pick([
      () => path.replace(/\.([\w-]+)/, '["$1"]'),
      () => path.replace(/\.([\w-]+)/, "['$1']"),
      () => path.replace(/\.([\w-]+)/, '[ "$1" ]'),
      () => path.replace(/\.([\w-]+)/, '. $1'),
      () => path.replace(/^([\w-]+)/, '["$1"]'),
      () => path.replace(/\[0\]/, '.0'),
      () => path.replace(/\[0\]/, '["0"]'),
      () => path.replace(/\[0\]/, '[0.0]')
    ])()
  }

  range () {
    const end = (low, high) => this.random.chance(0.8)
      ? String(this.random.integer(low, high))
      : this.random.pick(['1.5', '3.2', '"2"', "'4'", 'nil', 'true', ...this.scope.places(isNumber).map(({ text }) => text)])
    const blank = this.random.chance(0.1) ? ' ' : ''
    return `(${blank}${end(-2, 3)}${blank}..${blank}${end(2, 6)}${blank})`
  }

  /** A string literal for the text. */
  quoted (text) {
    const quote = this.random.pick(['"', "'"])
    let source = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
    if (this.random.chance(0.7)) source = source.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')
    if (this.#odd(0.7)) source = this.random.pick([
      source => source + this.random.pick(['\\u00e9', '\\uD83D', '\\uDE00', '\\ud83d\\ude00', '\\u65', '\\u', '\\uzz', '\\u0000', '\\101', '\\7', '\\400', '\\0', '\\8', '\\b', '\\f', '\\v', '\\x41', '\\é', '\\/', '\\😀', '%}', '}}', '-}}', '{{']),
      source => '\\' + source,
      source => source.replace(/./su, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    ])(source)
    return quote + source + quote
  }

  /** A literal for the scalar. */
  written (value) {
    return isString(value) ? this.quoted(value) : String(value)
  }

  /** A string literal that names a property of the elements of `input`. */
  property (input) {
    const rows = elementsOf(input).filter(element => element instanceof Map)
    const keys = rows.length ? [...this.random.pick(rows).keys()] : []
    if (!keys.length || this.#odd(2)) {
      return this.random.pick([() => this.quoted(this.random.pick(MEMBER_NAMES)), () => this.random.pick(['"deep.x"', '"x.y"', "'[0]'", '"size"', '"0"', '0', '""', '"name | upcase"', 'nil', '"x["', '"tags.first"', '"a b"'])])()
    }
    return this.quoted(this.random.pick(keys))
  }

  /** An expression in a string literal, in which an element of `input` is known as `LOOP_NAMES[i]`. */
  quotedExpression (input, write) {
    const mark = this.scope.mark()
    const example = elementsOf(input)[0]
    for (const name of LOOP_NAMES) this.scope.declare(name, example ?? UNKNOWN)
    const text = write(this)
    this.scope.release(mark)
    if (!text.includes('"') && !text.includes('\\')) return `"${text}"`
    return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  }

  /** A boolean expression with up to `size` connectives. */
  condition (size = 2) {
    if (size > 0 && this.random.chance(0.35)) {
      return `${this.condition(size - 1)} ${this.random.pick(['and', 'or'])} ${this.condition(size - 1)}`
    }
    if (this.random.chance(0.12)) return `not ${this.condition(size - 1)}`
    if (this.random.chance(0.2)) return this.value('any').text
    return this.#comparison()
  }

  #comparison () {
    const left = this.value('any')
    const kind = Object.keys(TESTS).find(kind => left.value !== UNKNOWN && TESTS[kind](left.value)) ?? 'any'
    const right = this.random.weighted([
      [5, () => this.value(kind === 'array' ? 'any' : kind).text],
      [3, () => this.random.pick(LITERALS)],
      [3, () => this.value('any').text],
      [2, () => left.value !== UNKNOWN && (isString(left.value) || isNumber(left.value)) ? this.written(left.value) : left.text]
    ])()
    const operator = this.random.pick(COMPARISONS)
    if (this.#odd(0.5)) {
      return this.random.pick([
        `${left.text} ${operator}`, `${operator} ${right}`, `${left.text} ${right}`, `${left.text} <> ${right}`, `${left.text} = ${right}`, `${left.text} ${operator} not ${right}`,
        `${left.text}${operator}${right}`, `${left.text} ${operator} ${operator} ${right}`, `(${left.text} ${operator} ${right})`, `${left.text} && ${right}`, `${left.text} ${operator} ${right} ${operator} 1`, `not`, `!${left.text}`
      ])
    }
    const blank = operator === 'contains' || this.random.chance(0.9) ? ' ' : ''
    return this.random.chance(0.05) ? `${right} ${operator} ${left.text}` : `${left.text}${blank}${operator}${blank}${right}`
  }

  /** A value with a chain of filters, `{text, value}`. `first` is a filter to begin with. */
  filtered (first) {
    if (!first && this.random.chance(0.06)) return { text: this.condition(2), value: UNKNOWN }
    if (!first && this.random.chance(0.3)) return this.value('any')
    let filter = first ?? this.random.pick(FILTERS)
    const input = this.value(filter.input)
    let { text, value } = input
    let output = filter.input
    for (let left = this.random.weighted([[6, 1], [3, 2], [1, 3]]); left > 0 && filter; left--) {
      text += this.#blank() + this.#application(filter, value)
      if (filter.output === 'element') value = elementsOf(value)[0] ?? UNKNOWN
      else if (filter.output !== 'same') value = UNKNOWN
      output = filter.output === 'same' ? output : filter.output
      filter = this.#following(output)
    }
    if (text.includes('sample') && !first) text += this.random.pick([' | size', ' | sort | join', ''])
    return { text, value }
  }

  /** A filter that suits what the one before gives. */
  #following (output) {
    const wanted = { groups: ['array'], element: ['any'], boolean: ['any'], sequence: ['array', 'string', 'sequence'] }[output] ?? [output, 'any']
    const suitable = FILTERS.filter(({ input }) => wanted.includes(input))
    return this.random.pick(suitable.length && this.random.chance(0.85) ? suitable : FILTERS)
  }

  #blank () {
    return this.random.chance(0.93) ? ' ' : this.random.pick(['', '  ', '\n', '\t', '\u00a0'])
  }

  /** `| name: arguments`. */
  #application (filter, input) {
    const name = this.#odd(0.15) ? this.random.pick(UNKNOWN_FILTERS) : filter.name
    const blank = this.random.chance(0.95) ? ' ' : ''
    const list = this.#arguments(filter.arguments, input)
    if (this.#odd(0.1)) return this.random.pick([`| ${name}:`, `| ${name} ${list.join(' ')}`, `|| ${name}`, `| ${name} |`, `| ${name}: ${list.join(';')} x y`, `| ${name}: ,${list.join(',,')},`, `| ${name}: ${list.join(' ')}`, `| ${name}(${list.join(', ')})`])
    if (!list.length) return `|${blank}${name}`
    return `|${blank}${name}${this.random.pick([': ', ': ', ': ', ':', ' : '])}${list.join(this.random.pick([', ', ', ', ',', ' , ']))}`
  }

  #arguments (kinds, input) {
    const list = []
    for (const kind of kinds) {
      const optional = kind.startsWith('?')
      if (optional ? this.random.chance(0.45) : this.#odd(0.4)) break
      list.push(this.#argument(optional ? kind.slice(1) : kind, input))
    }
    if (this.#odd(0.5)) list.push(this.value('any').text)
    if (this.#odd(0.3)) list.push(`${this.random.pick(['key', 'allow_false', '"k"', 'é'])}: ${this.value('any').text}`)
    return list
  }

  #argument (kind, input) {
    if (this.#odd(0.6)) return this.value(this.random.pick(ANY_KIND)).text
    return ARGUMENTS[kind]?.(this, input) ?? this.value(kind).text
  }
}
