import { describe, expect, it } from 'vitest'
import { float32 } from '../../src/io/tensor.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { lossModel } from '../../src/yolo/loss.js'
import { feedsOf, graphBytes } from '../support/cases.js'

const config = { anchors: [[10, 13], [16, 30]], anchorMask: [[1], [0]], classes: 2 } // biome-ignore format: two anchors
const grids = [2, 4]
const entries = 7

const tensors = (batch: number, value: number) =>
  grids.map((n) => float32([batch, n, n, 1, entries], Array(batch * n * n * entries).fill(value)))
const heads = (batch: number, value: number) =>
  tensors(batch, value).map(({ data, shape }) => float32([...shape.slice(0, 3), entries], [...data]))

describe.each(['compact', 'loop'])('%s: of no images', (form) => {
  it('the loss of each is an empty list', async () => {
    const bytes = graphBytes({ ...config, form, reduction: 'none', components: true })
    const outputs = await evaluateModel(bytes, feedsOf(heads(0, 0), tensors(0, 0)))
    for (const name of ['loss', 'conf_0', 'ignore_1']) expect(outputs.get(name)).toMatchObject({ shape: [0] })
  })

  it('the loss is NaN, 0/0', async () => {
    const bytes = graphBytes({ ...config, form, components: true, gradients: true })
    const outputs = await evaluateModel(bytes, feedsOf(heads(0, 0), tensors(0, 0)))
    for (const name of ['loss', 'xy_0', 'conf_1']) expect([...(outputs.get(name)?.data ?? [])]).toEqual([Number.NaN])
  })
})

it.each(['compact', 'static'])(
  '%s: an objectness that is NaN spoils the gradient of its own cell alone',
  async (form) => {
    const logits = heads(1, 0.5)
    const cell = 5
    ;(logits[1] as ReturnType<typeof float32>).data[cell * entries + 4] = Number.NaN
    const sizes = form === 'static' ? { batch: 1, input: [64, 64], maxBoxes: 1 } : {}
    const outputs = await evaluateModel(
      graphBytes({ ...config, form, ...sizes, gradients: true }),
      feedsOf(logits, tensors(1, 0)),
    )
    const gradient = Array.from(outputs.get('grad_y_pred_1')?.data ?? [], Number)
    expect(gradient.flatMap((x, i) => (Number.isNaN(x) ? [i] : []))).toEqual(
      Array.from({ length: entries }, (_, d) => cell * entries + d),
    )
    expect(gradient.filter((x) => x > 0)).toHaveLength((grids[1] as number) ** 2 - 1)
  },
)

it('a table of pairs that would take gigabytes is refused while building', () => {
  const huge = { ...config, form: 'static', batch: 64, input: [1024, 1024], maxBoxes: 4000 }
  expect(() => lossModel(resolveConfig(huge))).toThrow(
    /"maxBoxes" makes \d+ pairs of cell and box, more than 1073741824/,
  )
})
