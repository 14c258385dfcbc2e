// Every tag: over every value, with every parameter, well written and wrong.
import { BUILTINS } from '../builtins.mjs'
import { UNKNOWN_TAGS } from '../words.mjs'
import { VALUES, dataText } from './values.mjs'

const LOOP = '{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}{{ forloop.rindex0 }}{{ forloop.first }}{{ forloop.last }}{{ forloop.length }}'
const ROW = '{{ tablerowloop.row }}{{ tablerowloop.col }}{{ tablerowloop.col0 }}{{ tablerowloop.col_first }}{{ tablerowloop.col_last }}{{ tablerowloop.index }}{{ tablerowloop.rindex0 }}{{ tablerowloop.length }}{{ tablerowloop.first }}'
const PARAMETERS = [
  'limit:2', 'limit: 0', 'limit:-1', 'limit:"1"', 'limit:nil', 'limit:1.5', 'limit:missing', 'limit:x', 'limit', 'limit:', 'offset:1', 'offset:9', 'offset:-2', 'offset:"1"', 'offset:nil', 'offset:missing', 'offset:continue', 'offset',
  'reversed', 'reversed:false', 'reversed:nil', 'limit:2 offset:1', 'offset:1 limit:2', 'limit:2, offset:1', 'reversed limit:2', 'limit:2 reversed', 'limit:2 offset:1 reversed', 'limit:1 limit:3', 'other:1', ',', '| reverse', 'limit=2'
]
const COLS = ['cols:2', 'cols:1', 'cols:0', 'cols:-1', 'cols:"2"', 'cols:nil', 'cols:2.5', 'cols:9', 'cols', 'cols:missing', 'cols:2 limit:3', 'cols:2 offset:1', 'cols:2, limit:3, offset:1', 'cols:x.size']
const COLLECTIONS = ['numbers', 'rows', 'pairs', 'word', 'array']

export function * tagCases () {
  yield * loops()
  yield * counters()
  yield * branches()
  yield * cases()
  yield * variables()
  yield * verbatim()
  yield * lines()
  yield * files()
  yield * blocks()
  yield * heads()
  yield * unclosed()
}

function * loops () {
  for (const [name] of VALUES) {
    const data = dataText({ x: name })
    yield { about: 'for', template: `{% for i in x %}[{{ i }}${LOOP}]{% else %}none{% endfor %}`, data }
    yield { about: 'for', template: '{% for i in x reversed %}{{ i | json }}{% unless forloop.last %},{% endunless %}{% endfor %}', data }
    yield { about: 'tablerow', template: `{% tablerow i in x cols:2 %}{{ i }}${ROW}{% endtablerow %}`, data }
    for (const parameter of ['limit', 'offset']) yield { about: 'for', template: `{% for i in (1..5) ${parameter}:x %}{{ i }}{% endfor %}`, data }
    for (const parameter of ['cols', 'limit', 'offset']) yield { about: 'tablerow', template: `{% tablerow i in (1..4) ${parameter}:x %}{{ i }}{% endtablerow %}`, data }
  }
  for (const collection of COLLECTIONS) {
    const data = dataText({ x: collection })
    for (const parameters of PARAMETERS) yield { about: 'for', template: `{% for i in x ${parameters} %}{{ i }}|{% else %}none{% endfor %}`, data }
    for (const parameters of [...COLS, ...PARAMETERS]) yield { about: 'tablerow', template: `{% tablerow i in x ${parameters} %}{{ i }}{% endtablerow %}`, data }
  }
  for (const template of [
    '{% for i in x limit:2 %}{{ i }}{% endfor %}|{% for i in x offset:continue %}{{ i }}{% endfor %}|{% for i in x offset:continue %}{{ i }}{% endfor %}',
    '{% for i in x limit:2 %}{{ i }}{% endfor %}|{% for j in x offset:continue %}{{ j }}{% endfor %}', '{% for i in x limit:1 offset:2 %}{{ i }}{% endfor %}|{% for i in x offset:continue limit:1 %}{{ i }}{% endfor %}',
    '{% for i in x %}{% for j in x %}{{ forloop.index }}{% endfor %}{{ forloop.index }}{% endfor %}', '{% for i in x %}{% for j in x %}{{ forloop.parentloop.index }}{% endfor %}{% endfor %}',
    '{% for i in x %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}after', '{% for i in x %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}after',
    '{% for i in x %}{% for j in x %}{% break %}{% endfor %}{{ i }}{% endfor %}', '{% for i in x %}{% for j in x %}{{ j }}{% continue %}x{% endfor %}{{ i }}{% endfor %}', '{% tablerow i in x %}{{ i }}{% break %}x{% endtablerow %}after', '{% tablerow i in x %}{% continue %}{{ i }}{% endtablerow %}after',
    '{% break %}after', 'a{% continue %}b', '{% for i in x %}{% assign i = 9 %}{{ i }}{% endfor %}{{ i }}', '{% assign i = "out" %}{% for i in x %}{{ i }}{% endfor %}{{ i }}', '{% for i in x %}{% assign last = i %}{% endfor %}{{ last }}', '{% for i in x %}{% endfor %}{{ forloop.index }}',
    '{{ forloop }}', '{% for i in x %}{{ forloop }}{{ forloop | json }}{% endfor %}', '{% for i in x %}{{ forloop.name }}{% endfor %}', '{% for i in x %}{{ forloop.size }}{% endfor %}', '{% for i in x %}{{ forloop["index"] }}{{ forloop.missing }}{% endfor %}', '{% for i in x %}{% capture c %}{{ c }}{{ i }}{% endcapture %}{% endfor %}{{ c }}',
    '{% tablerow i in x cols:2 %}{{ tablerowloop }}{{ tablerowloop | json }}{% endtablerow %}', '{% tablerow i in x %}{% tablerow j in x cols:2 %}{{ j }}{% endtablerow %}{% endtablerow %}', '{% tablerow i in x %}{{ forloop.index }}{% endtablerow %}', '{% tablerow i in x %}a{% else %}b{% endtablerow %}',
    '{% for i in x %}{% cycle "a", "b" %}{% increment n %}{{ n }}{% endfor %}', '{%for i in x%}{{i}}{%endfor%}', '{% for i in x -%}  {{ i }}  {%- endfor %}', '{% for i in x | reverse %}{{ i }}{% endfor %}', '{% for i in (1..x[0]) %}{{ i }}{% endfor %}', '{% for i in x %}{{ x[forloop.index0] }}{{ x[i] }}{% endfor %}',
    '{% for i-j in x %}{{ i-j }}{% endfor %}', '{% for é in x %}{{ é }}{% endfor %}', '{% for forloop in x %}{{ forloop }}{% endfor %}', '{% for x in x %}{{ x }}{% endfor %}{{ x }}', '{% for i in x %}{{ i }}{% else x %}n{% endfor %}', '{% for i in x %}{{ i }}{% else %}a{% else %}b{% endfor %}', '{% for i in x %}{{ i }}{% endfor x %}'
  ]) for (const collection of ['numbers', 'array', 'rows', 'missing']) yield { about: 'loop', template, data: dataText({ x: collection }) }
}

function * counters () {
  for (const [name] of VALUES) {
    for (const tag of ['increment', 'decrement']) yield { about: tag, template: `{% ${tag} x %},{% ${tag} x %},{{ x }}`, data: dataText({ x: name }) }
    yield { about: 'cycle', template: '{% for i in (1..5) %}{% cycle x: "a", "b", "c" %}{% cycle "a", x %}{% endfor %}', data: dataText({ x: name }) }
  }
  for (const body of ['n', '', 'a.b', '"n"', 'n m', '1', 'n-m', 'é', 'x[0]', '=', 'n | plus: 1']) for (const tag of ['increment', 'decrement']) yield { about: tag, template: `{% ${tag} ${body} %}{% ${tag} ${body} %}{% increment n %}`, data: '{}' }
  for (const body of ['"a", "b"', '"a","b"', '"a" "b"', '"a"', '', '"a",', ',"a"', '"a",, "b"', 'g: "a", "b"', '"g": "a", "b"', '1: 2, 3', 'missing', '"a", missing', 'g.h: "a"', '"a" | upcase, "b"', '(1..2), 3', 'nil, true', ': "a"', '"a": ', 'a b: c']) {
    yield { about: 'cycle', template: `{% cycle ${body} %}{% cycle ${body} %}{% cycle ${body} %}`, data: '{"g":{"h":1}}' }
  }
  yield { about: 'cycle', template: '{% cycle "a", "b" %}{% cycle "x": "a", "b" %}{% cycle "a", "b" %}{% cycle "a", "c" %}{% cycle "x": "a", "b" %}', data: '{}' }
}

function * branches () {
  for (const tag of ['if', 'unless']) {
    for (const inside of [
      'a', 'a{% else %}b', 'a{% elsif y %}b{% else %}c', 'a{% elsif y %}b{% elsif z %}c', 'a{% else %}b{% else %}c', 'a{% else %}b{% elsif y %}c', 'a{% else x %}b', 'a{% elsif %}b', 'a{% elsif y == %}b', 'a{% elsif missing %}b{% else %}c', 'a{% when 1 %}b', 'a{% elseif y %}b', '{{ missing }}', '{% assign q = 1 %}{% else %}{% assign q = 2 %}', '', '{% if y %}in{% else %}out{% endif %}'
    ]) {
      for (const data of ['{"x":true,"y":false,"z":1}', '{"x":false,"y":true,"z":1}', '{"x":0,"y":null,"z":""}', '{}']) yield { about: tag, template: `{% ${tag} x %}${inside}{% end${tag} %}{{ q }}`, data }
    }
  }
}

function * cases () {
  const heads = ['x', 'x | upcase', 'x.size', '"a"', 'missing', '', 'x y', 'x == "a"', '1', 'nil']
  const insides = [
    '{% when "a" %}A{% when "b" %}B{% else %}E', '{% when "a", "b" %}A', '{% when "a" or "b" %}A', '{% when "a" or "b", 1 %}A{% else %}E', ' text {% when "a" %}A', '{{ missing }}{% when "a" %}A', '{% when "a" %}A{% when "a" %}B', '{% when %}A{% else %}E', '{% when missing %}A{% else %}E', '{% when y %}Y{% else %}E',
    '{% else %}E{% when "a" %}A', '{% else %}E{% else %}F', '{% when "a" %}A{% else x %}E', '{% when nil %}N{% when empty %}M{% when blank %}B{% when true %}T', '{% when 1 %}one{% when "1" %}text{% when 1.0 %}float', '{% when (1..2) %}R', '{% when "a" and "b" %}A', '{% when "a" | upcase %}A', '{% when "a", %}A', '{% when "a"; "b" %}A', '', '{% elsif y %}A', '{% when "A" %}A{% break %}B'
  ]
  for (const head of heads) for (const [index, inside] of insides.entries()) yield { about: 'case', template: `{% case ${head} %}${inside}{% endcase %}.`, data: ['{"x":"a","y":"a"}', '{"x":1,"y":1}', '{"x":null}', '{"x":"","y":[]}'][(index + head.length) % 4] }
}

function * variables () {
  for (const body of ['v = 1', 'v=1', 'v = x | upcase', 'v =', 'v', '= 1', '', 'v = "a" "b"', 'v == 1', 'v.w = 1', 'v[0] = 1', '"v" = 1', 'v w = 1', 'é = 1', '1v = 1', 'v-w = 1', 'v? = 1', 'v = missing', 'v = missing.x', 'v = (1..3)', 'v = x == "X"', 'v = nil', 'v = x | nosuch', 'v = x |', 'v\n=\n1', 'v : 1', 'size = 1', 'true = 1', 'v = not x', 'v = x and y', 'x = x | append: x']) {
    yield { about: 'assign', template: `{% assign ${body} %}[{{ v }}][{{ x }}]`, data: '{"x":"X"}' }
    yield { about: 'assign', template: `{% assign ${body} %}{{ v | json }}{{ v.w }}{{ size }}`, data: '{"x":"X","v":"old"}' }
  }
  for (const body of ['v', "'v'", '"v"', '', '"v', 'v w', 'v.w', '1', 'v-w', 'é', '|', '=', '(v)', '"a b"']) {
    for (const inside of ['text', '', ' {{ x }} ', '{% assign v = 1 %}', '{{ missing }}', '{% break %}z']) yield { about: 'capture', template: `{% capture ${body} %}${inside}{% endcapture %}[{{ v }}]`, data: '{"x":"X","v":"old"}' }
  }
  for (const body of ['', 'x', '"a"', 'x | upcase | append: "!"', 'missing', 'x y', '| upcase', 'x |', 'nil', 'x == "X"', '(1..2)', '5.50', '"a', 'x.y.z']) {
    for (const tag of [`{% echo ${body} %}`, `{{ ${body} }}`, `{%- echo ${body} -%}`, `{% liquid echo ${body} %}`, `{% liquid\n echo ${body}\n echo "z"\n%}`]) yield { about: 'echo', template: `a ${tag} b`, data: '{"x":"x"}' }
  }
}

function * verbatim () {
  for (const inside of ['', '{{ x }}', '{% if %}', '{{', '%}', '{% raw %}', '{% endra %}', '{%- x -%}', ' a ', '{% comment %}', '{% endcomment %}', '{% endraw %}', '"{% endraw %}"', '{{ "{% endraw %}" }}', '{% nosuch %}', '{% endif %}', '{% if x %}y{% endif %}', '{{ missing }}', '\n\n', '{% raw %}{% endcomment %}{% endraw %}', '{% # note %}', '{% assign q = 1 %}']) {
    for (const tag of ['raw', 'comment']) {
      yield { about: tag, template: `a{% ${tag} %}${inside}{% end${tag} %}b{{ q }}`, data: '{"x":1,"q":0}' }
      yield { about: tag, template: `a\n{%- ${tag} -%}\n ${inside} \n{%- end${tag} -%}\n b`, data: '{"x":1}' }
      yield { about: tag, template: `{% ${tag} x %}${inside}{%end${tag} y%}`, data: '{"x":1}' }
    }
  }
  for (const body of ['note', '', '#', ' a\n# b', ' a\nb', ' a\n\n  # b', '"', "it's", ' {{ x }}', ' a -', '{% x', '\n# a', '\na']) for (const template of [`a{% #${body} %}b`, `a {%- # ${body} -%} b`, `{% liquid\n #${body}\n echo 1 %}`]) yield { about: '#', template, data: '{"x":1}' }
}

function * lines () {
  const bodies = [
    '', 'echo x', '\necho x\n', '\n  assign y = 1\n  echo y\n', '\nif x\n echo 1\nelse\n echo 2\nendif\n', '\nfor i in (1..2)\n echo i\nendfor', '\nif x\n', '\nendif\n', '\nnosuch x\n', '\necho missing\n', '\n# note\necho 1\n', '\ncomment\nwhatever {{ }}\nendcomment\necho 2', '\nraw\necho 1\nendraw\n', '\nliquid echo 1\n', '\r\necho x\r\necho x\r\n', '\n\n\n', '\necho "a\nb"\n',
    '\ncase x\nwhen 1\n echo "one"\nelse\n echo "more"\nendcase', '\nincrement n\nincrement n\n', '\ncycle "a", "b"\ncycle "a", "b"\n', '\ncapture c\necho x\nendcapture\necho c', '\n= 1\n', '\nassign y\n', '\n-echo x\n', '\n{{ x }}\n', '\necho x | upcase: \n', '\ntablerow i in (1..3) cols:2\necho i\nendtablerow\n', '\nunless x\necho "u"\nendunless', '\nbreak\necho 1', '\necho x -'
  ]
  for (const body of bodies) for (const [open, close] of [[' ', ' '], ['- ', ' -'], ['\n', '\n']]) yield { about: 'liquid', template: `a {%${open}liquid ${body}${close}%} b`, data: '{"x":1}' }
}

/** There are no other templates: what names one fails, unless nothing is rendered. */
function * files () {
  for (const tag of ['render', 'include', 'layout']) {
    for (const name of ["'card'", '"a/b.liquid"', "'{{ x }}'", "'c-{{ x | upcase }}'", "'{{ missing }}'", 'x', 'missing', 'empty_name', '5', 'nil', 'none', 'none x', '', "''", "'../up'", "'./x'", "'{{'", "'{% if %}'", '(1..2)', 'x.y', '| upcase', 'true']) {
      for (const rest of ['', ', y: 1', ' with x as z', ' for (1..2) as z', ', y: missing', ' for list', ' y', ' with']) yield { about: tag, template: `a{% ${tag} ${name}${rest} %}b`, data: '{"x":"card","empty_name":"","list":[]}' }
    }
    for (const template of [`{% if false %}{% ${tag} 'card' %}{% endif %}ok`, `\n\n  {% ${tag} 'é' %}`, `{% for i in (1..2) %}{{ i }}{% ${tag} i %}{% endfor %}`, `{% capture c %}{% ${tag} 'a' %}{% endcapture %}`, `{% liquid ${tag} 'a' %}`]) yield { about: tag, template, data: '{}' }
  }
}

function * blocks () {
  for (const body of ['a', '', '"a"', 'a b', 'a-b', 'é']) {
    for (const inside of ['text', '{{ block }}', '{{ block.super }}', '{{ block | json }}', '{% assign q = 1 %}', '{% block b %}in{% endblock %}', '{{ missing }}', '']) {
      yield { about: 'block', template: `{% block ${body} %}${inside}{% endblock %}{{ q }}`, data: '{"q":0}' }
      yield { about: 'block', template: `{% layout none %}{% block ${body} %}${inside}{% endblock %}z`, data: '{"q":0}' }
    }
  }
}

/** What may stand where a tag's name and its head are. */
function * heads () {
  const bodies = ['', ' ', '?', '"', "'", '1 2', '=', ',', ':', '|', '(', '[', '.', 'x y z', 'i in', 'i of x', 'in x', 'i inx', '"i" in x', 'i in x y', '😀', '-', '{{ x }}', '%', '\n', 'true', 'x[', 'x |', 'x | upcase', 'x: 1']
  for (const tag of [...BUILTINS.tags, ...BUILTINS.endTags]) for (const body of bodies) yield { about: 'head', template: `é\n {% ${tag} ${body} %}{% end${tag} %}`, data: '{"x":[1]}' }
  for (const tag of UNKNOWN_TAGS) for (const template of [`a\n{% ${tag} %}`, `{% if x %}{% ${tag} x %}{% endif %}`, `{% liquid ${tag} x %}`]) yield { about: 'unknown', template, data: '{"x":1}' }
}

/** Every block that is not closed, closed by another's end, or cut off at any place. */
function * unclosed () {
  const open = { if: 'if x', unless: 'unless x', case: 'case x', for: 'for i in x', tablerow: 'tablerow i in x', capture: 'capture c', comment: 'comment', raw: 'raw', block: 'block b' }
  for (const [tag, head] of Object.entries(open)) {
    for (const end of BUILTINS.endTags) yield { about: 'end', template: `1\n{% ${head} %}2\n\t{% ${end} %}3{% end${tag} %}{% ${end} %}`, data: '{"x":[1]}' }
    for (const inner of Object.values(open)) yield { about: 'end', template: `{% ${head} %}\n{% ${inner} %}a{% end${tag} %}`, data: '{"x":[1]}' }
    const whole = `{%- ${head} -%}\n a {{ x | join: "-" }} {%- end${tag} %}`
    for (let length = 1; length < whole.length; length += 2) yield { about: 'cut', template: whole.slice(0, length), data: '{"x":[1,2]}' }
  }
  for (const whole of ['é {{ x | append: "a", k: (1..x.size) }}', "{% assign y = x['a b'][0].c | default: 1, allow_false: true -%}", '{% liquid\n if x\n echo x\n endif %}']) for (let length = 1; length < whole.length; length++) yield { about: 'cut', template: whole.slice(0, length), data: '{"x":"X"}' }
}
