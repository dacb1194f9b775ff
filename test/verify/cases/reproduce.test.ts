import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cases, sourcesFrom } from '../../../src/verify/cases/make/cases.js'
import { semanticsCases, writeSemantics } from '../../../src/verify/cases/make/semantics.js'
import { writeFixture } from '../../../src/verify/cases/make/write.js'
import { boxCaseNames, caseNames, fixtures, semanticsCaseNames } from '../../support/cases.js'

const expressible = new Set(boxCaseNames.map((name) => name.replace(/-boxes$/, '')))

const boxes = join(fixtures, '../../shared/data/coco_val2014_boxes.json')

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(dir, file)).isFile())
    .sort()

describe('fixtures', () => {
  it('are those that the definitions name', () => {
    expect(caseNames).toEqual(cases.map((c) => c.name).sort())
  })

  it('exist from boxes as well, but for labels that no boxes make', () => {
    expect(caseNames.filter((name) => !expressible.has(name))).toEqual([
      'divide-first',
      'labels-beyond-one',
      'zero-size',
    ])
  })

  it.for(cases)('$name is reproduced byte for byte', async (fixture, { skip }) => {
    const { name } = fixture
    // The box file is no part of the project; without it the committed tensors are all there is of the real case.
    skip(name.startsWith('real') && !existsSync(boxes), `NOT REPRODUCED, the box file is absent: ${boxes}`)
    const dir = mkdtempSync(join(tmpdir(), 'fixture-'))
    try {
      await writeFixture(dir, fixture, sourcesFrom(boxes))
      for (const own of readdirSync(dir)) {
        const made = join(dir, own)
        expect(filesIn(made)).toEqual(filesIn(join(fixtures, own)))
        for (const file of filesIn(made))
          expect(readFileSync(join(made, file)).equals(readFileSync(join(fixtures, own, file))), file).toBe(true)
      }
      expect(readdirSync(dir).length).toBe(expressible.has(name) ? 2 : 1)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('of other implementations are those that the profiles name, each below 300 kB', () => {
    expect(semanticsCaseNames).toEqual(semanticsCases.map(({ name }) => name).sort())
    for (const name of semanticsCaseNames) {
      const own = join(fixtures, 'semantics', name)
      const bytes = filesIn(own).map((file) => statSync(join(own, file)).size)
      expect([name, bytes.reduce((a, b) => a + b) < 300e3]).toEqual([name, true])
    }
  })

  it.for(semanticsCases)('of $name are reproduced byte for byte', async (fixture) => {
    const dir = mkdtempSync(join(tmpdir(), 'fixture-'))
    try {
      await writeSemantics(dir, fixture)
      const [made, kept] = [join(dir, fixture.name), join(fixtures, 'semantics', fixture.name)]
      expect(filesIn(made)).toEqual(filesIn(kept))
      for (const file of filesIn(made))
        expect(readFileSync(join(made, file)).equals(readFileSync(join(kept, file))), file).toBe(true)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('together stay below 30 MB', () => {
    // What is equal in two cases is stored once.
    const bytes = filesIn(fixtures).map((file) => lstatSync(join(fixtures, file)).size)
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(30e6)
  })
})
