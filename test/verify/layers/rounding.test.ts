import { describe, expect, it } from 'vitest'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { runTask } from '../../../src/runtime/isolation/task.js'
import { isFault, locateFirst } from '../../../src/verify/layers/locate.js'
import { renderLayers } from '../../../src/verify/layers/text.js'
import type { Side } from '../../../src/verify/layers/trace.js'
import { model, node, pair, value } from '../../runtime/models.js'

/** `y = Floor(Sub(Mul(x, 1/3), 1/3))`: what differs little before the difference differs much after it. */
const graph = (third: number): Uint8Array =>
  encodeModel(
    model({
      inputs: [value('x', 'B', 2)],
      outputs: [value('y', 'B', 2)],
      initializers: [
        { name: 'third', tensor: { dtype: 'float32', shape: [], data: Float32Array.of(third) } },
        { name: 'same', tensor: { dtype: 'float32', shape: [], data: Float32Array.of(1 / 3) } },
      ],
      nodes: [node('Mul', ['x', 'third'], 'm'), node('Sub', ['m', 'same'], 'd'), node('Ceil', ['d'], 'y')],
    }),
  )

const side = (label: string, third: number): Side => ({
  label,
  bytes: graph(third),
  file: label,
  provider: 'cpu',
  optimization: 'disabled',
  runner: (task) => runTask(task),
})
const tolerance = { rtol: 1e-5, atol: 0 }

describe('rounding that a node enlarges', () => {
  it('is told from a fault of the node where no output differs', async () => {
    // A difference of 1e-7 in m becomes all there is of d, and the ceiling rounds both up to the same.
    const [a, b] = [side('a', 1 / 3 + 1e-6), side('b', 1 / 3 + 1.1e-6)]
    const { report, left } = await locateFirst(a, b, { x: pair(1, 1) }, tolerance)
    expect(report.first).toMatchObject({ node: { name: 'n/d' }, alone: 'agrees' })
    expect(report.persists).toEqual([])
    expect(isFault(report)).toBe(false)
    expect(renderLayers(report, left)).toContain('no fault: rounding, enlarged first at n/d (Sub)')
  })

  it('is a finding where an output differs in the end', async () => {
    const [a, b] = [side('a', 1 / 3 + 1e-6), side('b', 1 / 3 - 1e-6)]
    const { report } = await locateFirst(a, b, { x: pair(1, 1) }, tolerance)
    expect(report.first).toMatchObject({ node: { name: 'n/d' }, alone: 'agrees' })
    expect(report.persists).toEqual(['y'])
    expect(isFault(report)).toBe(true)
  })
})
