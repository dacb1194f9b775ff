import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hashOf, type Kind, kinds } from './kinds.js'
import type { Row } from './pairs.js'

const table = (name: string): [hash: string, row: Row][] =>
  JSON.parse(readFileSync(new URL(`graphs/${name}.json`, import.meta.url), 'utf8'))

describe.each(Object.entries(kinds))('graphs of every pair of options: %s', (name, kind: Kind) => {
  it('are the bytes they were', () => {
    const changed = table(name).filter(([hash, row]) => !hashOf(kind, row).startsWith(hash))
    expect(
      changed.map(([, row]) => row),
      'npx tsx test/golden/make.ts, and review what changes',
    ).toEqual([])
  })
})
