import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { toJson } from '../../../src/verify/report/json.js'
import { toJunit } from '../../../src/verify/report/junit.js'
import { renderReport } from '../../../src/verify/report/text.js'
import { failing, passing, planted } from './reports.js'

const schema = JSON.parse(
  readFileSync(new URL('../../../src/verify/report/report.schema.json', import.meta.url), 'utf8'),
)
const valid = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema)

describe('where a failure comes from', () => {
  it('stands below the failures in the text', () => {
    const lines = renderReport([passing, failing], new PassThrough(), { cause: planted }).split('\n')
    const at = lines.indexOf('wrong on cpu, first wrong node: xy/Sub (Sub), node 3 in topological order')
    expect(at).toBeGreaterThan(lines.findIndex((line) => line.startsWith('FAIL ')))
    expect(lines.slice(at - 1, at + 4)).toEqual([
      '',
      'wrong on cpu, first wrong node: xy/Sub (Sub), node 3 in topological order',
      '  it reads (b, a) where the other graph reads (a, b)',
      '  with our values there every output agrees',
      '',
    ])
  })

  it('is a key of the JSON, which keeps its schema', () => {
    const json = JSON.parse(toJson([passing, failing], [], { cause: planted }))
    valid(json)
    expect(valid.errors ?? []).toEqual([])
    expect(json.cause).toMatchObject({ case: 'wrong', kind: 'node', text: planted.lines })
    expect(json.cause.first.node.name).toBe('xy/Sub')
    const skipped = { case: 'wrong', provider: 'cpu', kind: 'skipped', lines: ['too long'] } as const
    expect(valid(JSON.parse(toJson([failing], [], { cause: skipped })))).toBe(true)
  })

  it('stands in JUnit beside the tests of its case', () => {
    const suites = toJunit([passing, failing], planted).split('<testsuite ')
    expect(suites.map((suite) => suite.includes('<system-out>first wrong node: xy/Sub (Sub)'))).toEqual([
      false,
      false,
      true,
    ])
  })

  it('is told nowhere when nothing was looked for', () => {
    expect(JSON.parse(toJson([failing]))).not.toHaveProperty('cause')
    expect(toJunit([failing])).not.toContain('system-out')
  })
})
