// Shopify's theme check on the templates of a project: `node theme-check.mjs FOLDER`. It takes them for those of a theme,
// so that only the time is of interest.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { check } from '@shopify/theme-check-node'

const folder = resolve(process.argv[2])
// Without it, it ends before it begins.
mkdirSync(`${folder}/locales`, { recursive: true })
console.log(`${(await check(folder)).length} offenses`)
