import { describe, expect, test } from 'vitest'
import { elementwiseRows } from './rows/elementwise.js'
import { logicRows } from './rows/logic.js'
import { movementRows } from './rows/movement.js'
import { rankRows } from './rows/rank.js'
import { selectRows } from './rows/select.js'
import { documentedOps, versionsOf } from './signatures.js'
import { opsets, runRow } from './support.js'

const rows = [...elementwiseRows, ...logicRows, ...movementRows, ...selectRows, ...rankRows]
const documented = await documentedOps()
const emitted = new Map<string, Set<string>>()

describe('in onnxruntime, at every opset, an operator agrees with a loop and with what it declares', () => {
  for (const row of rows) {
    test(`${row.op} ${row.what}`, async () => {
      for (const opset of opsets.filter((o) => o >= (row.since ?? 0))) {
        const nodes = await runRow(row, opset)
        emitted.set(row.op, new Set([...(emitted.get(row.op) ?? []), ...nodes]))
      }
    })
  }
})

test('the table has a row for every operator', () => {
  expect([...new Set(rows.map((row) => row.op))].sort()).toEqual([...documented.keys()].sort())
})

test('the doc of every operator ends in the signature, all versions of it, of a node it emits', () => {
  for (const [op, { composed, signatures }] of documented) {
    const type = signatures[0]?.split('::')[1] ?? ''
    const complete = versionsOf(type).map((version) => `ai.onnx@${version}::${type}`)
    expect([op, signatures]).toEqual([op, composed ? [] : complete])
    if (!composed) expect([...(emitted.get(op) ?? [])]).toContain(type)
  }
})
