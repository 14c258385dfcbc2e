// Writes a project of many templates with three requests each: `node generate.mjs FOLDER COUNT`. Each template is put
// together from other pieces, by a generator that starts from the template's number.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [folder, count] = [process.argv[2], Number(process.argv[3])]
const customers = 20

function write(path, text) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Numbers from 0 up to a limit, the same for the same seed. */
function numbers(seed) {
  let state = seed + 1
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >>> 8) % limit
  }
}

/** A field of the content, and what a request sends for it: mostly, as some requests lack what they need. */
const pieces = [
  (n) => [`"field_${n}": {{ trigger.text_${n} | json }}`, (k) => ({ [`text_${n}`]: `Text ${k}` })],
  (n) => [`"field_${n}": "Hello {{ trigger.name_${n} | upcase }}"`, (k) => (k === 2 ? {} : { [`name_${n}`]: `Name ${k}` })],
  (n) => [`"field_${n}": "{{ trigger.greeting_${n} | default: 'Hi' }} {{ customer.first_name }}"`, () => ({})],
  (n) => [
    `{% if trigger.plan_${n} == 'pro' and trigger.seats_${n} > 3 %}"field_${n}": "{{ trigger.seats_${n} | times: 2 }} seats"{% elsif trigger.plan_${n} %}"field_${n}": "one seat"{% else %}"field_${n}": "no plan"{% endif %}`,
    (k) => (k === 0 ? {} : { [`plan_${n}`]: k === 1 ? 'pro' : 'free', [`seats_${n}`]: k * 4 }),
  ],
  (n) => [
    `"field_${n}": [{% for item in trigger.items_${n} %}{"name": {{ item.name | json }}, "price": {{ item.price | round: 2 }}}{% unless forloop.last %},{% endunless %}{% endfor %}]`,
    (k) => ({ [`items_${n}`]: Array.from({ length: k }, (_, at) => ({ name: `Item ${at}`, price: at * 1.25, unused: at })) }),
  ],
  (n) => [
    `{% assign total_${n} = trigger.price_${n} | times: trigger.count_${n} %}"field_${n}": {{ total_${n} }}`,
    (k) => ({ [`price_${n}`]: 9.5, [`count_${n}`]: k }),
  ],
  (n) => [
    `{% case trigger.state_${n} %}{% when 'new', 'open' %}"field_${n}": "open"{% when 'done' %}"field_${n}": "done"{% else %}"field_${n}": {{ trigger.state_${n} | json }}{% endcase %}`,
    (k) => ({ [`state_${n}`]: ['new', 'done', 'lost'][k] }),
  ],
  (n) => [
    `{% capture line_${n} %}{{ trigger.street_${n} }}, {{ trigger.city_${n} | capitalize }}{% endcapture %}"field_${n}": {{ line_${n} | json }}`,
    (k) => ({ [`street_${n}`]: `Street ${k}`, [`city_${n}`]: 'oslo' }),
  ],
]

for (let n = 0; n < customers; n++) {
  write(`fixtures/customers/u${n}.json`, JSON.stringify({ id: `u${n}`, first_name: `Name${n}`, email: `u${n}@example.com` }))
}
for (let n = 0; n < count; n++) {
  const next = numbers(n)
  const chosen = Array.from({ length: 3 + next(8) }, (_, at) => pieces[next(pieces.length)](at))
  const content = ['"title": "Message {{ trigger.number }}"', '"body": {{ trigger.body | json }}', ...chosen.map(([text]) => text)]
  write(`templates/t${n}.liquid`, `---\ntype: generated\ntopics: [orders]\n---\n{\n  ${content.join(',\n  ')}\n}\n`)
  for (let k = 0; k < 3; k++) {
    const data = Object.assign({ number: n, body: `Body ${k}` }, ...chosen.map(([, sent]) => sent(k)))
    const request = { transactional_message_id: `t${n}`, identifiers: { id: `u${next(customers)}` }, message_data: data }
    write(`fixtures/requests/t${n}/r${k}.json`, JSON.stringify(request))
  }
}
