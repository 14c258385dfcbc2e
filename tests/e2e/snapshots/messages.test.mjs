// What inkproof's `test` does, the way one would write it with vitest: each request rendered with LiquidJS, and compared
// with a snapshot's file of its own. The project is in the folder PROJECT.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Liquid } from 'liquidjs'
import { expect, test } from 'vitest'

const project = process.env.PROJECT
const read = (path) => readFileSync(join(project, path), 'utf8')
const liquid = new Liquid({ strictVariables: true, lenientIf: true, strictFilters: true, timezoneOffset: 0 })

const templates = new Map()
for (const file of readdirSync(join(project, 'templates'))) {
  templates.set(file.replace('.liquid', ''), liquid.parse(read(`templates/${file}`).split('\n---\n').slice(1).join('\n---\n')))
}
const customers = new Map()
for (const file of readdirSync(join(project, 'fixtures/customers'))) {
  const customer = JSON.parse(read(`fixtures/customers/${file}`))
  customers.set(customer.id, customer)
}

const folder = join(project, 'fixtures/requests')
for (const file of readdirSync(folder, { recursive: true }).filter((file) => file.endsWith('.json'))) {
  test(file, async () => {
    const request = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const scope = { customer: customers.get(request.identifiers.id), trigger: request.message_data }
    const properties = JSON.parse(liquid.renderSync(templates.get(request.transactional_message_id), scope))
    const snapshot = join(project, 'tests/vitest', file.replace('.json', '.snap'))
    await expect(JSON.stringify({ properties }, null, 2)).toMatchFileSnapshot(snapshot)
  })
}
