import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { faults } from './faults.js'
import { standing, table, verdictOf } from './verdicts.js'

const upstream = fileURLToPath(new URL('upstream', import.meta.url))

describe('what a program prints', () => {
  it('is a verdict on a version, in as many cases as it has', () => {
    const lines = ['warning', 'PASS a 1.2-x/3: sum: expected 1, got 1', 'FAIL a 1.2-x/3: expected 1, got 2', '']
    expect(verdictOf('a.py', lines)).toEqual({ version: 'a 1.2-x/3', cases: 2, failed: 1 })
  })

  it('is no verdict where the program dies', () => {
    expect(() => verdictOf('a.py', ['ImportError: no a'])).toThrow('a.py gave no verdict: ImportError: no a')
  })
})

describe('the standing of a fault', () => {
  const [bad, good] = [
    { cases: 2, failed: 1 },
    { cases: 2, failed: 0 },
  ]

  it('tells where it is mended', () => {
    const verdicts = [
      { version: 'a 1', ...bad },
      { version: 'a 2', ...good },
      { version: 'a 3', ...good },
    ]
    expect(standing(verdicts)).toBe('fails in a 1 (1 of 2 cases); mended in a 2; passes in a 3')
    expect(standing(verdicts.slice(1))).toBe('mended in a 2; passes in a 3')
  })

  it('that came back is told as one', () => {
    const verdicts = [
      { version: 'a 1', ...good },
      { version: 'a 2', cases: 1, failed: 1 },
    ]
    expect(standing(verdicts)).toBe('mended in a 1; fails in a 2')
  })
})

describe('the page', () => {
  const page = readFileSync(`${upstream}/README.md`, 'utf8')

  it('has a row for every fault, with its issue', () => {
    for (const fault of faults) {
      const [, , row = ''] = table([{ fault, verdicts: [] }]).split('\n')
      const [program, what, harm, , issue] = row.slice(2).split(' | ')
      expect(page).toContain(`${program} | ${what} | ${harm} | `)
      expect(page).toMatch(new RegExp(`${fault.program.replace('.', '\\.')}\\).*`))
      expect(page.split('\n').find((line) => line.includes(`(${fault.program})`))).toContain(issue)
    }
  })

  it('has a program for each, and none that nobody runs', () => {
    const programs = readdirSync(upstream).filter((name) => /^(?!little|.*_run).*\.py$/.test(name))
    expect(programs.sort()).toEqual(faults.map(({ program }) => program).sort())
  })
})
