import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/io/index.js'
import { root } from '../house/source.js'
import { wings } from '../house/walls.js'
import { caseNames, readFixture } from '../support/cases.js'
import { linksOf, paper, papers, placesOf, prose } from './markdown.js'

const readme = paper('README.md')
const folders = papers.filter(({ path }) => path.includes('/'))
const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts)
const others = /^ {2}([a-z| -]+)\) exec/gm

describe.each(papers.map((page) => [page.path, page] as const))('%s', (path, page) => {
  it('links to files that are there, and to places on them', () => {
    for (const link of linksOf(page)) {
      const [file = '', place] = link.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      expect(existsSync(join(root, target)), link).toBe(true)
      if (place === undefined) continue
      const places = papers.filter((other) => other.path === target).flatMap(placesOf)
      expect(places, link).toContain(place)
    }
  })

  it('names functions that stand in the file it links to', () => {
    for (const [, names = '', file = ''] of prose(page).matchAll(/((?:`\w+`,? )+)in \[[^\]]+\]\(([^)]+\.ts)\)/g))
      for (const name of names.match(/\w+/g) ?? [])
        expect(readFileSync(join(root, dirname(path), file), 'utf8')).toMatch(new RegExp(`\\b${name}\\b`))
  })

  it('names scripts that exist', () => {
    const runs = readFileSync(join(root, 'test/others/run.sh'), 'utf8')
    const known = [...runs.matchAll(others)].flatMap(([, names = '']) => names.split('|').map((name) => name.trim()))
    for (const [, script = '', name] of page.text.matchAll(
      /\b(?:npm run |`)(test:[a-z]+|bench(?::[a-z]+)?)\b(?: ([a-z-]+))?/g,
    )) {
      expect(scripts).toContain(script)
      if (script === 'test:other' && name !== undefined) expect(known).toContain(name)
    }
  })
})

describe('the page of a folder', () => {
  it.each(folders)('$path begins with two sentences that say what lives there', ({ text }) => {
    const [title = '', first = ''] = text.split('\n\n')
    expect(title).toMatch(/^# .+$/)
    expect(first.replace(/\s+/g, ' ').match(/[^.]\.(?= |$)/g)?.length ?? 0).toBeGreaterThanOrEqual(2)
  })
})

describe('README.md', () => {
  it('is short', () => {
    expect(readme.text.split('\n').length).toBeLessThan(200)
  })

  it('has the exit codes of the code', () => {
    const table = [...readme.text.matchAll(/^\| (\d+) \| /gm)].map((m) => Number(m[1]))
    expect(table).toEqual(Object.values(exitCodes))
  })
})

describe('test/house/README.md', () => {
  const house = paper('test/house/README.md')

  it('has a line for each wing, in order of flow', () => {
    const named = [...house.text.matchAll(/^\| \[(\w+)\]\(\.\.\/\.\.\/(src\/\w+)\/(?:README\.md|index\.ts)\) \|/gm)]
    expect(named.map(([, name]) => name)).toEqual(wings.map(({ name }) => name))
    for (const [, name, folder] of named)
      expect([folder, statSync(join(root, folder ?? '')).isDirectory()]).toEqual([`src/${name}`, true])
  })

  it('draws what the wings import', () => {
    const drawing = house.blocks.find(({ language }) => language === 'mermaid')?.text ?? ''
    const arrows = [...drawing.matchAll(/^ +(\w+) --> (\w+)$/gm)].map(([, from, to]) => [from, to] as [string, string])
    const reached = (to: string): string[] =>
      arrows.filter(([, end]) => end === to).flatMap(([from]) => [from, ...reached(from)])
    for (const [from, to] of arrows)
      expect(wings.find(({ name }) => name === to)?.wings, `${from} --> ${to}`).toContain(from)
    for (const { name, wings: may } of wings) expect(reached(name), name).toEqual(expect.arrayContaining([...may]))
  })
})

it('the page of the cases says of each what its case.json says', async () => {
  const titles = await Promise.all(caseNames.map(async (name) => [name, (await readFixture(name)).info.title]))
  const rows = [...paper('fixtures/README.md').text.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)]
  expect(rows.map(([, name, title]) => [name, title])).toEqual(titles)
})
