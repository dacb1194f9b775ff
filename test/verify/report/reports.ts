import { float32 } from '../../../src/io/tensor.js'
import { compare } from '../../../src/verify/compare/compare.js'
import type { CaseReport, OutputRow } from '../../../src/verify/judge/result.js'
import type { Cause } from '../../../src/verify/layers/finding.js'

const tolerance = { rtol: 2e-6, atol: 0, source: 'float64 reference' }
const header = {
  file: '/home/someone/models/graph.onnx',
  sha256: 'ab'.repeat(32),
  irVersion: 8,
  opset: 17,
  runtime: '1.30.0',
  provider: 'cpu',
  optimization: 'all',
} as const

function report(name: string, got: number, more: Partial<CaseReport> = {}): CaseReport {
  const comparison = compare('xy_0', float32([], [8]), float32([], [got]), tolerance)
  const verdict = comparison.pass ? 'PASS' : 'FAIL'
  const row: OutputRow = { case: name, output: 'xy_0', provider: 'cpu', verdict, tolerance, comparison }
  const exitCode = comparison.pass ? 0 : 1
  return { case: name, provider: 'cpu', header, rows: [row], skipped: [], near: [], exitCode, ...more }
}

export const passing = report('right', 8)
export const failing = report('wrong', 9)
export const incomplete = report('partly', 8, { exitCode: 6 })

const node = (name: string, op: string, inputs: string[]) => ({
  ...{ name, op, domain: '', outputs: [name], inputs, reads: inputs },
  attributes: () => '[]',
})

/** A graph of three nodes. */
export const nodes = [node('xy/a', 'Abs', ['x']), node('xy/b', 'Neg', ['x']), node('xy/Sub', 'Sub', ['xy/b', 'xy/a'])]

const different = {
  name: 'xy/Sub',
  comparison: { ...compare('xy/Sub', float32([], [1]), float32([], [-1]), tolerance) },
  relative: 2,
}
const first = {
  ...{ index: 3, node: nodes[2] as (typeof nodes)[number], outputs: [different] },
  ...({ alone: 'differs', causes: ['it reads (b, a) where the other graph reads (a, b)'] } as const),
}

/** What a search found in it. */
export const planted: Cause = {
  ...{ case: 'wrong', provider: 'cpu', kind: 'node', first },
  lines: [
    'first wrong node: xy/Sub (Sub), node 3 in topological order',
    'it reads (b, a) where the other graph reads (a, b)',
    'with our values there every output agrees',
  ],
}

/** The same as it is drawn. */
export const layers = {
  ...{ a: 'our own graph', b: 'graph.onnx', first },
  layers: { compared: [different], origins: [first], onlyA: [], onlyB: [] },
}
