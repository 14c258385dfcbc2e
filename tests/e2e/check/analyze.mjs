// What LiquidJS tells of templates without rendering them, its variables: `node analyze.mjs FOLDER`. Requests are not
// looked at.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Liquid } from 'liquidjs'

const folder = join(process.argv[2], 'templates')
const liquid = new Liquid()
let variables = 0
for (const file of readdirSync(folder)) {
  const content = readFileSync(join(folder, file), 'utf8').split('\n---\n').slice(1).join('\n---\n')
  variables += Object.keys(liquid.parseAndAnalyzeSync(content).globals).length
}
console.log(`${variables} variables`)
