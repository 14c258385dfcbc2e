// Where errors are: what is undefined in every place that reads a variable, and each kind of error at many positions.
const READS = [
  '{{ NAME }}', '{{ "a" | append: NAME }}', '{{ "a" | replace: "a", NAME }}', '{{ "a" | default: 1, allow_false: NAME }}', '{{ x[NAME] }}', '{{ (1..NAME) }}', '{{ (NAME..2) | size }}', '{{ NAME | default: "d" }}', '{{ NAME | upcase | default: "d" }}', '{{ NAME == 1 }}', '{{ 1 == NAME }}', '{{ x contains NAME }}', '{{ not NAME }}', '{{ x or NAME }}', '{{ NAME and x }}',
  '{% if NAME %}y{% else %}n{% endif %}', '{% if NAME == 1 %}y{% endif %}', '{% if x == NAME %}y{% endif %}', '{% if NAME.size > 0 %}y{% endif %}', '{% if NAME | default: 1 %}y{% endif %}', '{% if false %}{% elsif NAME %}y{% else %}n{% endif %}', '{% unless NAME %}y{% endunless %}', '{% unless x %}{% elsif NAME %}y{% endunless %}',
  '{% case NAME %}{% when nil %}n{% else %}e{% endcase %}', '{% case x %}{% when NAME %}y{% else %}e{% endcase %}', '{% case x %}{% when 1, NAME %}y{% else %}e{% endcase %}', '{% for i in NAME %}y{% else %}e{% endfor %}', '{% for i in x limit:NAME %}{{ i }}{% endfor %}', '{% for i in x offset:NAME %}{{ i }}{% endfor %}', '{% for i in (1..NAME) %}{{ i }}{% endfor %}', '{% for i in x %}{{ NAME }}{% endfor %}',
  '{% tablerow i in NAME %}y{% endtablerow %}', '{% tablerow i in x cols:NAME %}y{% endtablerow %}', '{% assign y = NAME %}{{ y }}', '{% assign y = "a" | append: NAME %}', '{% capture y %}{{ NAME }}{% endcapture %}', '{% echo NAME %}', '{% cycle NAME, 1 %}', '{% cycle NAME: 1, 2 %}', '{% increment NAME %}', '{% liquid echo NAME %}', '{% liquid\n  if x\n    echo NAME\n  endif %}', '{% render NAME %}', '{% include "a", k: NAME %}', '{% layout NAME %}', '{% block NAME %}{% endblock %}', '{% raw %}{{ NAME }}{% endraw %}', '{% comment %}{{ NAME }}{% endcomment %}',
  "{{ x | where_exp: 'i', 'i == NAME' }}", "{{ x | map: NAME }}", "{{ x | group_by_exp: 'i', 'NAME' | json }}", "{{ x | sort: NAME | join }}", "{{ x | find_exp: 'i', 'i.NAME' }}", "{{ x | sum: NAME }}"
]
const NAMES = ['missing', 'missing.deep.er', 'x.missing', 'x[9]', 'x[9].id', 'o.a.b', 'o["a b"]', '["missing"]', 'o[x]', 'n.x', 'x.first.y', 'forloop.index', 'o.a', 'n']

const FAILURES = [
  '{{ missing }}', '{{ a | nosuch }}', '{% nosuch %}', '{{ a', '{% if a', '{% if a %}', '{% for i in %}{% endfor %}', '{% assign = 1 %}', '{{ a | }}', '{{ | a }}', '{{ (1..2 }}', '{% endif %}', '{% else %}', '{{ "a }}', "{% render 'x' %}", '{{ "*" | base64_decode }}', '{{ a | date: "%c", "No/Where" }}', '{{ "%" | url_decode }}', '{% cycle %}', '{% case %}{% endcase %}', '{% # a\nb %}', '{% raw %}', '{% capture %}{% endcapture %}', "{{ a | where_exp: 'i', 'i ==' }}", '{{ a[ }}', '{{ a b }}', '{% tablerow %}{% endtablerow %}', '{% liquid\n nosuch\n%}', '{{ a | slice }}', '{{ 1 | replace }}', '{%%}', '{% %}'
]
const BEFORE = ['', 'text ', '\n', '\n\n   ', '\r\n', '\r', 'é日', '😀 ', '\t\t', '{{ a }}', '{{ a }}\n{{ a }} ', '{% if true -%}\n\n', '{% comment %}\n\n{% endcomment %}', '{% raw %}\n{{{% endraw %} ', '{% assign b = 1 %}\n', '{% liquid\n echo a\n%}', '\u2028', 'a\n'.repeat(12), '{% capture c %}{% endcapture %}', '{% for i in (1..2) %}']

export function * errorCases () {
  for (const read of READS) for (const name of NAMES) yield { about: 'undefined', template: read.replaceAll('NAME', name), data: '{"x":[3,1],"o":{"a":null},"n":5}' }
  for (const failure of FAILURES) for (const before of BEFORE) yield { about: 'position', template: before + failure + ' after', data: '{"a":"A"}' }
}
