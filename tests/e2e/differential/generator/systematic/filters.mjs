// Every filter: on every value, with every number of arguments, and with every kind of value as each of its arguments.
import { BUILTINS } from '../builtins.mjs'
import { BASE64, DATES, DATE_FORMATS, ENCODED, NUMBERS, NUMERIC_STRINGS, STRINGS, UNKNOWN_FILTERS, ZONES } from '../words.mjs'
import { SUITABLE, VALUES, dataText } from './values.mjs'

/** Arguments by the kind that builtins.json names. */
const ARGUMENTS = {
  number: ['2', '-3', '1.5', '0', '"4"'],
  integer: ['2', '0', '-2', '5', '1'],
  boolean: ['true', 'false', '1', 'nil'],
  string: ['"b"', '""', "'é😀'", '" & <x>"'],
  separator: ['","', '""', '" "', "'b'", '"😀"'],
  characters: ['" "', '"Hes"', '"o\\n"', '""', '"é"'],
  piece: ['"o"', '"b"', '""', '" "', '"é"', '"$&"'],
  property: ['"id"', '"name"', '"deep.x"', '"tags.first"', '"missing"', '"size"'],
  element: ['2', '"Bo"', 'true', 'nil', 'false'],
  array: ['(1..2)', '"x"', 'nil', '7'],
  any: ['"x"', '5', 'nil', '(1..2)', 'true'],
  itemName: ['"i"', '"x"', '"item"'],
  predicate: ["'i.id == 2'", "'x contains \"b\"'", "'item'", "'i > 1 and true'", "'x.name | size > 1'"],
  grouping: ["'i.id'", "'x | size'", "'item'", "'i.name | downcase'"],
  format: ['"%Y-%m-%d"', '"%a, %-d %b %Y %H:%M:%S %z"', '"%j %U %q %L %P"', '"plain"'],
  zone: ['0', '-330', '"Asia/Tokyo"', '"America/New_York"', '"Nowhere/City"'],
  ordinal: ['"ordinal"', '"other"', 'nil'],
  ordinalStyle: ['"US"', '"UK"', 'nil'],
  slugMode: ['"default"', '"pretty"', '"ascii"', '"latin"', '"raw"', '"none"', '"other"'],
  wordMode: ['"cjk"', '"auto"', '"other"'],
  indent: ['2', '0', '11', '"--"', 'true'],
  allowFalse: ['allow_false: true', 'allow_false: false', 'allow_false', 'other: true']
}

/** One of each kind, as an argument may be written. */
const ANY_ARGUMENT = [
  ...['missing', 'null', 'false', 'negative', 'fraction', 'empty string', 'word', 'digits', 'numbers', 'rows', 'record'].map(name => ({ text: 'a', name })),
  ...['nil', 'empty', 'blank', 'true', '2', '-1.5', '"x y"', '(1..3)', 'x', 'x.size', 'x[0]', 'x.missing', 'k: 1'].map(text => ({ text }))
]

export function * filterCases () {
  for (const [name, { input, arguments: kinds }] of Object.entries(BUILTINS.filters)) {
    for (const [value] of VALUES) yield applied(name, [], value)
    for (const literal of ['nil', 'empty', 'blank', 'true', '42', '-1.50', '"it\'s <b>"', '(2..4)']) yield written(name, literal)
    yield * withArguments(name, input, kinds)
    yield * withAnyArgument(name, input, kinds)
    yield * misused(name, input, kinds)
  }
  yield * words()
  yield * chains()
}

/** Every number of arguments, each with some that make sense. */
function * withArguments (name, input, kinds) {
  for (let arity = 1; arity <= kinds.length; arity++) {
    const choices = kinds.slice(0, arity).map(kind => ARGUMENTS[kind.replace('?', '')])
    const rounds = Math.max(...choices.map(list => list.length))
    for (const value of SUITABLE[input]) {
      for (let round = 0; round < rounds; round++) {
        yield applied(name, choices.map((list, index) => list[(round + index) % list.length]), value)
      }
    }
  }
}

/** Each argument in turn as every kind of value, the ones before it sensible. */
function * withAnyArgument (name, input, kinds) {
  const [value] = SUITABLE[input]
  for (let position = 0; position < kinds.length; position++) {
    const before = kinds.slice(0, position).map(kind => ARGUMENTS[kind.replace('?', '')][0])
    for (const argument of ANY_ARGUMENT) {
      yield applied(name, [...before, argument.text], value, argument.name)
    }
  }
}

/** One argument too many, a misspelt name, and marks out of place. */
function * misused (name, input, kinds) {
  const [value] = SUITABLE[input]
  const list = kinds.map(kind => ARGUMENTS[kind.replace('?', '')][0])
  yield applied(name, [...list, '"more"'], value)
  yield applied(name, [...list, 'key: "more"'], value)
  for (const template of [`{{ x | ${name}: }}`, `{{ x |${name}|${name} }}`, `{{ x | ${name}x }}`, `{{ x\n| ${name}: ${list.join(' ')} y }}`]) {
    yield { about: name, template, data: dataText({ x: value }) }
  }
}

/** The filters that read texts, numbers and dates in their own way, on all of them. */
function * words () {
  const lists = [
    [STRINGS, ['capitalize', 'squish', 'strip_html', 'slugify', 'slugify: "latin"', 'truncate: 5', 'truncatewords: 2, "…"', 'number_of_words: "auto"', 'json', 'escape_once', 'upcase | downcase', 'split: "" | join: "|"', 'slice: 1, 2', 'url_encode', 'sha256']],
    [[...NUMERIC_STRINGS, ...NUMBERS], ['plus: 0', 'times: 1.1', 'divided_by: 3', 'modulo: 2.5', 'round: 2', 'floor', 'ceil', 'abs', 'to_integer', 'append: ""', 'json']],
    [DATES, ['date: "%Y-%m-%d %H:%M:%S.%L %z"', 'date: "%c", "Europe/Berlin"', 'date_to_xmlschema', 'date_to_long_string: "ordinal", "US"']],
    [ENCODED, ['url_decode', 'uri_escape', 'cgi_escape']],
    [BASE64, ['base64_decode']]
  ]
  for (const [list, applications] of lists) {
    for (const word of list) {
      for (const application of applications) {
        yield { about: 'words', template: `{{ x | ${application} }}`, data: `{"x":${spelled(word)}}` }
      }
    }
  }
  for (const format of DATE_FORMATS) yield { about: 'formats', template: '{{ "2024-03-05T07:08:09.045Z" | date: f }}', data: `{"f":${spelled(format)}}` }
  for (const zone of ZONES) yield { about: 'zones', template: `{{ "2024-07-05T07:08:09Z" | date: "%Y-%m-%d %H:%M %z %Z", ${zone} }}`, data: '{}' }
  for (const word of ['now', 'today', 'NOW', ' now']) {
    for (const application of ['date: "%Y-%m-%d %H:%M:%S.%L"', 'date', 'date_to_rfc822', 'date: "%s", "Asia/Tokyo"']) {
      yield { about: 'clock', template: `{{ "${word}" | ${application} }}`, data: '{}' }
    }
  }
  for (const name of UNKNOWN_FILTERS) yield { about: 'unknown', template: `{{ "a" | ${name}: 1 }}`, data: '{}' }
}

function * chains () {
  const names = Object.keys(BUILTINS.filters)
  for (const [index, name] of names.entries()) {
    const next = names[(index * 7 + 3) % names.length]
    const list = [name, next].map(name => {
      const [kind, ...more] = BUILTINS.filters[name].arguments
      const needed = [kind, ...more].filter(kind => kind && !kind.startsWith('?')).map(kind => ARGUMENTS[kind][0])
      return needed.length ? `${name}: ${needed.join(', ')}` : name
    })
    for (const value of ['words', 'rows', 'strings', 'fraction']) yield { about: 'chain', template: `{{ x | ${list.join(' | ')} }}`, data: dataText({ x: value }) }
  }
}

function applied (name, list, value, argument = 'missing') {
  const application = list.length ? `${name}: ${list.join(', ')}` : name
  return { about: name, template: `{{ x | ${application} }}`, data: dataText({ x: value, a: argument }) }
}

function written (name, literal) {
  return { about: name, template: `{{ ${literal} | ${name} }}`, data: '{}' }
}

function spelled (word) {
  return Object.is(word, -0) ? '-0' : JSON.stringify(word)
}
