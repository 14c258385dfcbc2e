// LiquidJS's own limits that count (and do not look at the clock): memory for every filter, and the length of a template.
import { BUILTINS } from '../builtins.mjs'
import { SUITABLE, dataText } from './values.mjs'

const ARGUMENTS = { property: '"id"', itemName: '"i"', predicate: "'i.id'", grouping: "'i.id'", number: '2', integer: '2', format: '"%10Y-%m"', indent: '2', zone: '0', array: '(1..3)', ordinal: '"ordinal"' }
const MEMORY = [0, 1, 3, 6, 12, 25, 50, 100]
const TEMPLATES = [
  '{{ (1..10) | size }}', '{% for i in (1..5) %}{{ i }}{% for j in (1..3) %}{{ j }}{% endfor %}{% endfor %}', '{% tablerow i in (1..9) %}{% endtablerow %}', '{{ x | append: x | append: x | split: "" | join: ", " }}', '{{ (1..1000000000) }}', '{% if (1..40) contains 3 %}y{% endif %}', '{% for i in (3..1) %}{% endfor %}{{ x | upcase }}',
  '{% assign y = x | append: x %}{% assign y = y | append: y %}{% assign y = y | append: y %}{{ y | size }}', '{{ x | json }}{{ x | json }}', '{{ x }}{{ x }}', '{{ "2024-01-01" | date: "%99Y" }}', '{{ "2024-01-01" | date: "%5N" }}', '{{ x | replace: "l", "longer text" }}', '{{ x | split: "l" | push: 1 | concat: (1..20) | reverse | sort | uniq | json }}'
]

export function * limitCases () {
  for (const [name, { input, arguments: kinds }] of Object.entries(BUILTINS.filters)) {
    const list = kinds.map(kind => ARGUMENTS[kind.replace('?', '')] ?? '"o"')
    for (const value of SUITABLE[input].slice(0, 2)) for (const memory of [2, 9, 20, 40]) yield { about: name, template: `{{ x | ${name}${list.length ? ': ' + list.join(', ') : ''} }}`, data: dataText({ x: value }), limits: { memory } }
  }
  for (const template of TEMPLATES) for (const memory of MEMORY) yield { about: 'memory', template, data: '{"x":"Hello"}', limits: { memory } }
  for (const template of ['', 'a', 'abc', 'é日', '😀', '{{ x }}', '{% if x %}{{ x }}{% endif %}', '{{ x', 'a\nb\nc', "{% if false %}{% render '{{ x }}{{ x }}' %}{% endif %}", "{{ (1..3) | where_exp: 'i', 'i == 2' | join }}"]) {
    for (const parse of [0, 1, 2, 3, 5, 7, 20, 60]) yield { about: 'length', template, data: '{"x":1}', limits: { parse } }
  }
}
