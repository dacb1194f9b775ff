import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { operatorIn, stripped } from './blame.js'
import { inserted, matrix, retold } from './matrix.js'
import type { Results } from './results.js'
import { runtimes } from './runtimes.js'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const results: Results = JSON.parse(readFileSync(path('../../graphs/frameworks.json'), 'utf8'))

describe('the committed matrix', () => {
  it('is what the page shows, and was not edited', () => {
    const page = readFileSync(path('../../graphs/README.md'), 'utf8')
    expect(inserted(page, matrix(results, runtimes))).toBe(page)
  })

  it('is what the README tells of', () => {
    const readme = readFileSync(path('../../README.md'), 'utf8')
    expect(retold(readme, results)).toBe(readme)
  })

  it('has no row of a runtime that is not in the table', () => {
    const names = runtimes.map(({ name }) => name)
    expect([...results.rows, ...results.notRun].filter(({ runtime }) => !names.includes(runtime))).toEqual([])
  })

  it('counts what passes, and says why of what does not', () => {
    for (const row of results.rows) {
      const refused = row.failures.reduce((sum, { cases }) => sum + cases, 0)
      expect(row.passed + row.wrong.length + refused).toBe(row.cases)
      expect(row.status === 'green').toBe(row.passed === row.cases)
      expect(row.status === 'WRONG').toBe(row.wrong.length > 0)
    }
  })
})

describe('a runtime of the table', () => {
  it.each(runtimes.map((runtime) => [runtime.name, runtime] as const))('%s has its files', (_, { env, runner }) => {
    expect(existsSync(path(`runners/${runner[0]}`))).toBe(true)
    const [python, node] = [path(`env/${env}.txt`), path(`env/${env}/package-lock.json`)]
    expect(existsSync(python) || existsSync(node)).toBe(true)
    const unlocked = (existsSync(python) ? readFileSync(python, 'utf8').trim().split('\n') : []).filter(
      (line) => !/^[\w.-]+==[\w.+!-]+$/.test(line),
    )
    expect(unlocked).toEqual([])
  })

  it('has a name of its own', () => {
    expect(new Set(runtimes.map(({ name }) => name)).size).toBe(runtimes.length)
  })
})

describe('an error', () => {
  it('loses what differs from machine to machine', () => {
    expect(stripped('cannot read /tmp/x-1/row/tiny.onnx at 0x7fffdeadbeef:\n  no')).toBe(
      'cannot read tiny.onnx at 0x…: no',
    )
  })

  it('names the operator of the node it is about', () => {
    const graph = readFileSync(path('../../fixtures/tiny-345-012/model.onnx'))
    expect(operatorIn({ error: "node 'loss/Cast' is not known", graph })).toBe('Cast')
    expect(operatorIn({ error: 'out of memory', graph })).toBeUndefined()
  })
})
