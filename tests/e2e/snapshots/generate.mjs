// Writes a project with many requests: `node generate.mjs FOLDER COUNT`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [folder, count] = [process.argv[2], Number(process.argv[3])]
const templates = 50
const customers = 20

function write(path, text) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const template = readFileSync(new URL('../../../templates/weekly_digest.liquid', import.meta.url), 'utf8')
for (let n = 0; n < templates; n++) write(`templates/digest_${n}.liquid`, template)
for (let n = 0; n < customers; n++) {
  write(`fixtures/customers/u${n}.json`, JSON.stringify({ id: `u${n}`, first_name: `Name${n}` }))
}
for (let n = 0; n < count; n++) {
  const name = `digest_${n % templates}`
  const posts = Array.from({ length: n % 5 }, (_, k) => ({ title: `Post ${k} of ${n}`, author: 'Grace', likes: k }))
  const request = {
    transactional_message_id: name,
    identifiers: { id: `u${n % customers}` },
    message_data: { team: { id: n, name: `Team ${n}`, members: n % 9 }, posts },
  }
  write(`fixtures/requests/${name}/r${n}.json`, JSON.stringify(request))
}
