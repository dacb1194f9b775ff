import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { scratch } from '../verify/cases.js'
import { Hunter } from './hunter.js'
import { fuzzers } from './table.js'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const inputs = readdirSync(here('found')).filter((name) => !name.endsWith('.md'))
const folder = await scratch()

const hunter = new Hunter(new URL('table.ts', import.meta.url).href)
afterAll(() => hunter.close())

describe.each(fuzzers)('$name', (fuzzer) => {
  it('reads its seeds', async () => {
    for (const seed of await fuzzer.seeds()) await fuzzer.run(seed, folder)
  })

  const own = inputs.filter((name) => name.replace(/-\w{12}$/, '') === fuzzer.name)
  it.each(own.map((name) => [name]))('reads or refuses %s, over which it stumbled once', async (name) => {
    expect(await hunter.read(fuzzer.name, readFileSync(here(`found/${name}`)))).toBeUndefined()
  })

  it('reads or refuses whatever its seeds become', async () => {
    const seed = 20
    expect(await hunter.hunt(fuzzer.name, 1, seed)).toEqual({ executions: expect.any(Number), seed })
  })
})

describe('a hunt', () => {
  const table = new URL('planted.ts', import.meta.url).href
  const hasty = new Hunter(table, { time: 500, memory: 2 ** 31 })
  // Time enough on a busy machine to take as much.
  const frugal = new Hunter(table, { time: 60_000, memory: 500 * 2 ** 20 })
  afterAll(() => Promise.all([hasty.close(), frugal.close()]))

  it.each([
    ['throws', hasty, /^TypeError: planted/],
    ['hangs', hasty, /^has not come to an end in \d+ ms$/],
    ['waits', hasty, /^has not come to an end in \d+ ms$/],
    ['dies', hasty, /^the process ended by SIGABRT/],
    ['dawdles', hasty, /^took \d+ ms$|^has not come to an end/],
    ['eats', frugal, /^the process has \d+ bytes$/],
    ['eats the heap', frugal, /^the process (has \d+ bytes$|ended by SIG.*heap)/],
  ])('finds a reader that %s, and keeps what it read', async (name, planted, why) => {
    const { finding } = await planted.hunt(name, 5, 1)
    expect(finding?.why).toMatch(why)
    expect(finding?.bytes.length).toBeLessThan(100)
    expect(finding?.file).toMatch(new RegExp(`^${name}-[0-9a-f]{12}$`))
  })

  it('once is told of a file over which a reader hangs, and goes on with others', async () => {
    expect(await hasty.read('hangs', Buffer.from('short'))).toMatch(/^has not come to an end/)
    expect(await hasty.read('hangs', Buffer.alloc(200))).toBeUndefined()
  })

  it('by the command keeps the finding as a file, says so, and ends with 1', () => {
    const found = mkdtempSync(join(folder, 'found-'))
    const args = ['--seconds', '20', '--seed', '1', '--table', table, '--found', found, 'dies', 'throws']
    const { status, stdout } = spawnSync(process.execPath, [here('main.ts'), ...args], { encoding: 'utf8' })
    const [dies = '', throws = ''] = readdirSync(found).sort()
    expect([dies, throws]).toEqual([expect.stringMatching(/^dies-/), expect.stringMatching(/^throws-/)])
    expect(stdout).toMatch(/^dies: \d+ executions, seed 1, the process ended by SIGABRT/m)
    expect(stdout).toContain(`it is kept as ${dies}\n`)
    expect(stdout).toMatch(/^0 passed, 2 failed$/m)
    expect(status).toBe(1)
  })
})
