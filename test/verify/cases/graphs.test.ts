import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { presetGraphs } from '../../../src/verify/cases/make/graphs.js'

const graphs = fileURLToPath(new URL('../../../graphs', import.meta.url))
const made = presetGraphs()

describe('graphs/', () => {
  it('holds every preset as a model and as text, and nothing else', () => {
    expect(readdirSync(graphs).sort()).toEqual([...made.keys()].sort())
  })

  it.each([...made])('%s is rebuilt byte for byte', (name, content) => {
    expect(Buffer.from(content).equals(readFileSync(`${graphs}/${name}`)), 'npm run graphs, and review the diff').toBe(
      true,
    )
  })
})
