// Every operator between every two values, every way to reach a property, every literal, ranges, and whitespace control.
import { ODD_NAMES, NUMBER_LITERALS, ODD_NUMBER_LITERALS, STRAY_PIECES } from '../words.mjs'
import { VALUES, dataText } from './values.mjs'

const COMPARISONS = ['==', '!=', '<', '>', '<=', '>=', 'contains']
const OPERANDS = [
  'null', 'true', 'false', 'zero', 'one', 'negative', 'fraction', 'empty string', 'spaces', 'word', 'digits', 'accents', 'date', 'array', 'numbers', 'strings', 'mixed', 'nested', 'object', 'record'
].map(name => ({ name }))
const WRITTEN = ['nil', 'empty', 'blank', 'true', '1', '"12"', '(1..3)', 'missing'].map(text => ({ text }))

export function * expressionCases () {
  yield * operators()
  yield * connectives()
  yield * properties()
  yield * literals()
  yield * ranges()
  yield * whitespace()
  yield * delimiters()
}

function * operators () {
  for (const left of [...OPERANDS, ...WRITTEN]) {
    for (const right of [...OPERANDS, ...WRITTEN]) {
      const [a, b] = [left.text ?? 'a', right.text ?? 'b']
      const template = COMPARISONS.map(operator => `{{ ${a} ${operator} ${b} }}`).join(' ')
      yield { about: 'operator', template, data: dataText({ a: left.name ?? 'missing', b: right.name ?? 'missing' }) }
    }
  }
  for (const operator of [...COMPARISONS, '=', '<>', '===', '=>', '&&', 'in', 'Contains', 'and', 'or', 'not']) {
    for (const template of [`{{ 1 ${operator} 2 }}`, `{{1${operator}2}}`, `{{ 1 ${operator} }}`, `{{ ${operator} 2 }}`, `{% if 1 ${operator} 1 %}y{% else %}n{% endif %}`, `{% if a${operator}a %}y{% endif %}`, `{{ a ${operator} | size }}`]) {
      yield { about: 'spelling', template, data: '{"a":1}' }
    }
  }
}

function * connectives () {
  const conditions = [
    'a and b', 'a or b', 'not a', 'not not a', 'a and not b', 'not a or b', 'a or b and c', 'a and b or c', 'a == b and c', 'not a == b', 'a and b and c or a', '(a or b) and c',
    'a or missing', 'missing and a', 'missing or a', 'a and missing', 'missing == nil', 'nil == missing', 'missing', 'not missing', 'missing.deep', 'a.missing', 'missing | default: a', 'a contains missing', 'missing contains a'
  ]
  const data = []
  for (const a of ['true', 'false', '0', '""', 'null', '[]']) for (const [b, c] of [['true', 'false'], ['false', 'true'], ['null', '"x"']]) data.push(`{"a":${a},"b":${b},"c":${c}}`)
  for (const [index, condition] of conditions.entries()) {
    for (const [turn, text] of data.entries()) if ((turn + index) % 3 === 0) yield { about: 'connective', template: `{% if ${condition} %}y{% elsif c %}c{% else %}n{% endif %}|{{ ${condition} }}`, data: text }
    yield { about: 'connective', template: `{% unless ${condition} %}y{% else %}n{% endunless %}`, data: data[index % data.length] }
  }
  for (const [name] of VALUES) {
    for (const template of ['{% if x %}y{% else %}n{% endif %}', '{% unless x %}y{% else %}n{% endunless %}', '{{ x }}', '{{ x and true }}|{{ x or false }}|{{ not x }}', '{% case x %}{% when nil %}nil{% when true, false %}boolean{% when "Hello", 1 %}known{% else %}else{% endcase %}', '{% assign y = x %}[{{ y }}]', '{% capture y %}{{ x }}{% endcapture %}{{ y | size }}', '{% echo x %}', '{% cycle x, x: "b" %}', '{{ x[a] }}', '{{ a[x] }}']) {
      yield { about: 'value', template, data: dataText({ x: name, a: 'pairs' }) }
    }
  }
}

function * properties () {
  const accesses = [
    '.size', '.first', '.last', '.length', '.id', '["name"]', "['deep'].x", '.deep.x[1].y', '[0]', '[-1]', '[9]', '[1].name', '.0', '["0"]', '[1.5]', '[k]', '[missing]', '.missing', '.missing.more', '[true]', '[nil]',
    '["size"]', '["a b"]', '.first.last', '.tags[0]', '[ "id" ]', '. id', ' .id', '[0', '[]', '.', '..id', '["id]', '.id?', '[[0]]', '[x.size]', '.constructor', '.__proto__', '["toString"]', '.[0]', '[0].[1]'
  ]
  for (const access of accesses) {
    for (const value of ['record', 'rows', 'numbers', 'word', 'null', 'pairs', 'fraction']) {
      yield { about: 'property', template: `[{{ x${access} }}]`, data: dataText({ x: value, k: 'word' }) }
    }
  }
  for (const name of ODD_NAMES) {
    const key = JSON.stringify(name)
    for (const template of [`{{ ${name} }}`, `{{ o.${name} }}`, `{{ o[${key}] }}`, `{{ [${key}] }}`]) {
      yield { about: 'name', template, data: `{${key}:1,"o":{${key}:2}}` }
      yield { about: 'name', template, data: '{"o":{"z":[1]}}' }
    }
  }
}

function * literals () {
  for (const literal of [...NUMBER_LITERALS, ...ODD_NUMBER_LITERALS]) {
    for (const template of [`{{ ${literal} }}`, `{{ ${literal} | plus: 1 }}`, `{% if ${literal} == 1 %}y{% else %}n{% endif %}`]) yield { about: 'number', template, data: '{"a":1}' }
  }
  const strings = [
    '""', "''", '"a"', "'a\"b'", '"a\'b"', '"a\\nb"', '"\\t|\\r|\\b|\\f|\\v"', '"\\\\"', '"\\""', "'\\''", '"\\u00e9"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00x"', '"\\x41"', '"\\101"', '"\\7"', '"\\400"', '"\\é"', '"\\/"', '"😀"', '"a\nb"',
    '"{{ x }}"', '"%}"', '"}}"', '"a', "'a", '"a\'', '"a" "b"', '"a""b"', '"a"b', '"a".size', '"abc"[1]', '"abc".first', '"\\u0000"', '"-}}"'
  ]
  for (const literal of strings) for (const template of [`{{ ${literal} }}`, `{{ ${literal} | json }}`, `{% assign y = ${literal} %}{{ y }}`]) yield { about: 'string', template, data: '{}' }
  for (const word of ['true', 'false', 'nil', 'null', 'empty', 'blank', 'True', 'NIL', 'undefined', 'NaN', 'true.size', 'nil.x', 'empty.size', 'nilly', 'trueish', 'blank?', 'empty-ish']) {
    for (const template of [`{{ ${word} }}`, `{{ ${word} | json }}`, `{% if ${word} %}y{% else %}n{% endif %}`, `{{ ${word} == ${word} }}`]) yield { about: 'word', template, data: '{"nilly":1,"trueish":2}' }
  }
}

function * ranges () {
  const ends = ['1', '3', '-2', '0', '2.7', '"2"', 'n', 'missing', 'nil', 'true', 'x.size', '"x"']
  for (const low of ends) for (const high of ends) yield { about: 'range', template: `{{ (${low}..${high}) | join: "," }}{% for i in (${low}..${high}) %}[{{ i }}]{% else %}none{% endfor %}`, data: '{"n":4,"x":[1,2]}' }
  for (const range of ['(1..3)', '( 1 .. 3 )', '(1...3)', '(1..3', '1..3', '(..3)', '(1..)', '()', '(1,3)', '((1..2)..3)', '(1..3).size', '(1..3)[1]', '(1..3).first', '(3..1)', '(n..n)', '("1".."3")', '(1 ..3)', '(1.. 3)', '(a.b..3)', '(1..n | plus: 1)']) {
    for (const template of [`{{ ${range} }}`, `{{ ${range} | size }}`, `{{ ${range} | json }}`, `{% for i in ${range} %}{{ i }}{% endfor %}`, `{% assign r = ${range} %}{{ r.first }}{{ r.last }}`, `{% if ${range} contains 2 %}y{% endif %}`]) yield { about: 'range', template, data: '{"n":2}' }
  }
}

function * whitespace () {
  const blanks = [' ', '\n', ' \n ', '\t', '\r\n', '\n\n  ', '\u00a0', '\u3000', '\ufeff', '\u2028', '\u200b']
  for (const blank of blanks) {
    for (let mask = 0; mask < 4; mask++) {
      const [open, close] = [mask & 1 ? '-' : '', mask & 2 ? '-' : '']
      for (const inside of [`{{${open} x ${close}}}`, `{%${open} assign y = 1 ${close}%}`, `{%${open} if x ${close}%}${blank}in${blank}{%${open} endif ${close}%}`, `{%${open} raw ${close}%}${blank}{{ x }}${blank}{%${open} endraw ${close}%}`, `{%${open} comment ${close}%}${blank}x${blank}{%${open} endcomment ${close}%}`, `{%${open}${blank}echo${blank}x${blank}${close}%}`]) {
        yield { about: 'whitespace', template: `a${blank}${inside}${blank}b`, data: '{"x":"X"}' }
      }
    }
  }
  for (const template of ['{{-x-}}', '{{- x}}', '{{x -}}', '{{ - x }}', '{{-}}', '{{ -}}', '{{- -}}', '{{--}}', '{{---}}', '{{-1-}}', '{{ -1 -}}', '{%-%}', '{%- -%}', '{%-if x-%}y{%-endif-%}', ' {%- # note -%} ', '{{- "-" -}}', '{{ x --}}', '{% if x -%} {%- endif %}', '{{ "a -}} b" -}} c', '{%-  assign  y=x  -%}  {{  y  }}']) yield { about: 'whitespace', template, data: '{"x":1}' }
}

/** Every stray piece in the middle of a text, of an output and of a tag. */
function * delimiters () {
  for (const piece of STRAY_PIECES) {
    for (const template of [`one\n${piece} two`, `one\n{{ x ${piece} }}`, `one\n{{ ${piece}x }}`, `{% if x ${piece} %}y{% endif %}`, `é😀 {% assign y = x${piece} %}{{ y }}`, `{% for i in x ${piece} %}{{ i }}{% endfor %}`, `{{ x | append: "a" ${piece} }}`]) {
      yield { about: 'stray', template, data: '{"x":"X"}' }
    }
  }
}
