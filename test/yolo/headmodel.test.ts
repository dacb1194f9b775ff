import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { evaluateModel } from '../../src/runtime/session.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import type { LayoutName } from '../../src/yolo/config/vocabulary.js'
import { graphBytes } from '../support/cases.js'
import { inLayout } from '../support/forms.js'

const classes = 2
const anchors = [[116, 90], [156, 198], [373, 326], [30, 61], [62, 45], [59, 119]] // biome-ignore format: pairs
const anchorMask = [
  [0, 1, 2],
  [3, 4, 5],
]
const [B, h, w, A, D] = [2, 3, 4, 3, 5 + classes]
const input: readonly [number, number] = [32 * h, 32 * w]
const layouts: readonly LayoutName[] = ['nhwc', 'nchw', 'nachw', 'nahwc']
const σ = (x: number): number => 1 / (1 + Math.exp(-x))

const logits = [1, 2].map((k) => {
  const shape = [B, h * k, w * k, A * D]
  return float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => 2 * Math.sin(i * 0.7)),
  )
})

/** One entry of one row of scale l, from the logits. */
function expected(l: number, row: number, what: 'xy' | 'wh', e: number): number {
  const [, gh, gw] = (logits[l] as Tensor).shape as [number, number, number]
  const t = Number(logits[l]?.data[row * D + e + (what === 'wh' ? 2 : 0)])
  const cell = Math.floor(row / A)
  const c = [cell % gw, Math.floor(cell / gw) % gh][e] as number
  const a = anchors[anchorMask[l]?.[row % A] as number]?.[e] as number
  return what === 'xy' ? (σ(t) + c) / ([gw, gh][e] as number) : (Math.exp(t) * a) / (input[1 - e] as number)
}

async function run(options: ConfigInput, layout: LayoutName) {
  const bytes = graphBytes({ anchors, anchorMask, classes, layout, ...options })
  const feeds = Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, inLayout(t, layout, A)]))
  return evaluateModel(bytes, feeds)
}

const closeTo = (got: Tensor | undefined, at: number, want: number) =>
  expect(Math.abs(Number(got?.data[at]) - want)).toBeLessThan(1e-6 * Math.max(1, Math.abs(want)))

describe('the head alone', () => {
  it('decodes the cell of the worked example', async () => {
    const tables = { anchors: [[116, 90]], anchorMask: [[0]], classes: 1, graph: 'head' }
    const t = new Float32Array(13 * 20 * 6)
    t.set([0.5, -1, 0.25, -0.5, 0, 0], (2 * 20 + 7) * 6)
    const outputs = await evaluateModel(graphBytes(tables), { y_pred_0: float32([1, 13, 20, 6], t) })
    const at = (name: string) => [...(outputs.get(name) as Tensor).data].slice((2 * 20 + 7) * 2, (2 * 20 + 8) * 2)
    const box = [...at('box_xy_0'), ...at('box_wh_0')].map((x) => Number(Number(x).toFixed(6)))
    expect(box).toEqual([0.381123, 0.174534, 0.23273, 0.131221])
  })

  it.each(layouts)('in %s is yolo_head', async (layout) => {
    const outputs = await run({ graph: 'head' }, layout)
    expect([...outputs.keys()]).toEqual(
      [0, 1].flatMap((l) => ['box_xy', 'box_wh', 'box_confidence', 'box_class_probs'].map((name) => `${name}_${l}`)),
    )
    logits.forEach((t, l) => {
      for (let row = 0; row < t.data.length / D; row += 5) {
        for (const e of [0, 1]) {
          closeTo(outputs.get(`box_xy_${l}`) as Tensor, 2 * row + e, expected(l, row, 'xy', e))
          closeTo(outputs.get(`box_wh_${l}`) as Tensor, 2 * row + e, expected(l, row, 'wh', e))
        }
        closeTo(outputs.get(`box_confidence_${l}`) as Tensor, row, σ(t.data[row * D + 4] as number))
        closeTo(outputs.get(`box_class_probs_${l}`) as Tensor, row * classes + 1, σ(t.data[row * D + 6] as number))
      }
    })
  })

  it.each([{}, { batch: B, input }])('for the loss gives grid, logits and boxes, sizes %o', async (sizes) => {
    const outputs = await run({ graph: 'head-loss', ...sizes }, 'nchw')
    const grid = outputs.get('grid_0') as Tensor
    expect(grid.shape).toEqual([h, w, 1, 2])
    expect([...grid.data].slice(2 * w, 2 * w + 4)).toEqual([0, 1, 1, 1])
    expect(outputs.get('logits_1')?.shape).toEqual([B, 2 * h, 2 * w, A, D])
    expect(outputs.get('logits_1')?.data).toEqual(logits[1]?.data)
    closeTo(outputs.get('box_wh_1') as Tensor, 3, expected(1, 1, 'wh', 1))
  })
})
