import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hunt, inFolder, misread } from './hunt.js'
import { fuzzers } from './table.js'

const found = fileURLToPath(new URL('found', import.meta.url))
const inputs = readdirSync(found).filter((name) => !name.endsWith('.md'))

describe.each(fuzzers)('$name', (fuzzer) => {
  it('reads its seeds', () =>
    inFolder(async (folder) => {
      for (const seed of await fuzzer.seeds()) await fuzzer.run(seed, folder)
    }))

  const own = inputs.filter((name) => name.replace(/-\w{12}$/, '') === fuzzer.name)
  it.each(own.map((name) => [name]))('reads or refuses %s, over which it stumbled once', (name) =>
    inFolder(async (folder) => {
      expect(await misread(fuzzer, readFileSync(join(found, name)), folder)).toBeUndefined()
    }),
  )

  it('reads or refuses whatever its seeds become', async () => {
    const seed = 20
    expect(await hunt(fuzzer, 1, seed)).toEqual({ executions: expect.any(Number), seed })
  })
})

it('a hunt finds a planted fault, and makes it small', async () => {
  const seeds = async () => [Buffer.from('harmless'.repeat(20))]
  const run = (bytes: Uint8Array) => {
    if (bytes.length < 100) throw new TypeError('planted')
  }
  const { finding } = await hunt({ name: 'planted', seeds, run }, 20, 1)
  expect(finding?.why).toContain('TypeError: planted')
  expect(finding?.file).toMatch(/^planted-[0-9a-f]{12}$/)
})
