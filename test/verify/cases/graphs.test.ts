import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { presetGraphs } from '../../../src/verify/cases/make/graphs.js'

const graphs = fileURLToPath(new URL('../../../graphs', import.meta.url))
const made = presetGraphs()

describe('graphs/', () => {
  it('holds every preset as a model and as text, pictures, where they run, and nothing else', () => {
    expect(readdirSync(graphs).sort()).toEqual(['README.md', 'frameworks.json', 'view.png', ...made.keys()].sort())
  })

  it.each([...made])('%s is rebuilt byte for byte', (name, content) => {
    expect(Buffer.from(content).equals(readFileSync(`${graphs}/${name}`)), 'npm run graphs, and review the diff').toBe(
      true,
    )
  })

  it('holds a picture that shows every node of the graph, and no arrow upwards', () => {
    const svg = String(made.get('yolov3-coco.svg'))
    const counts = [...svg.matchAll(/>(\d+) nodes: \w/g)].map(([, n]) => Number(n))
    expect(svg).toContain(`of ${counts.reduce((sum, n) => sum + n)} nodes</title>`)
    for (const [, , y1, , , , , , y2] of svg.matchAll(/M(\d+) (\d+)C(\d+) (\d+) (\d+) (\d+) (\d+) (\d+)"/g))
      expect(Number(y2)).toBeGreaterThan(Number(y1))
    expect(svg).toContain('@media (prefers-color-scheme:dark)')
  })

  it('holds pictures of less than 300 kB together', () => {
    const pictures = [...made].filter(([name]) => name.endsWith('.svg')).map(([, content]) => content.length)
    expect(pictures.length).toBeGreaterThan(0)
    expect(pictures.reduce((sum, bytes) => sum + bytes)).toBeLessThan(300_000)
  })
})
