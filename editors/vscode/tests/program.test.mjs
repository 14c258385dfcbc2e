import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const { programOf } = createRequire(import.meta.url)('../out/program.js')

const folder = mkdtempSync(join(tmpdir(), 'inkproof-'))
after(() => rmSync(folder, { recursive: true }))
const installed = join(folder, 'node_modules/@inkproof/linux-x64/bin/inkproof')
mkdirSync(join(installed, '..'), { recursive: true })
writeFileSync(installed, '')

const choice = { configured: '', folders: ['/nowhere', folder], isTrusted: true, platform: 'linux-x64' }

for (const [name, changes, expected] of [
  ['the setting comes first', { configured: ' /opt/inkproof ' }, '/opt/inkproof'],
  ['then what the workspace installs', {}, installed],
  ['but not in a workspace that is not trusted', { isTrusted: false }, 'inkproof'],
  ['nor that of another platform', { platform: 'win32-x64' }, 'inkproof'],
  ['else the one on the PATH', { folders: [] }, 'inkproof'],
]) {
  test(name, () => assert.equal(programOf({ ...choice, ...changes }), expected))
}
