import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { InferenceSession } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { decodeModel } from '../../../src/onnx/proto/codec.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { feedsOf, graphBytes } from '../../support/cases.js'
import { config, scenes, size } from '../../support/scenes.js'
import { scratch } from '../../verify/cases.js'

const folder = await scratch()
const coco: ConfigInput = { preset: 'yolov3-coco', form: 'static', batch: 8, input: [416, 416], maxBoxes: 20 }

/** What onnxruntime makes of a graph before it runs. */
async function optimised(options: ConfigInput) {
  const optimizedModelFilePath = join(folder, 'optimised.onnx')
  const session = await InferenceSession.create(graphBytes({ ...coco, ...options }), {
    graphOptimizationLevel: 'all',
    optimizedModelFilePath,
    logSeverityLevel: 4,
  })
  await session.release()
  return decodeModel(await readFile(optimizedModelFilePath), 'optimised').graph?.node ?? []
}

describe('the static form of three scales', () => {
  it.each<[nodes: number, options: ConfigInput]>([
    [128, {}],
    [202, { components: true, gradients: true }],
  ])('is at most %d nodes, with %j', async (most, options) => {
    const nodes = await optimised(options)
    expect(nodes.length).toBeLessThanOrEqual(most)
    expect(nodes.map((n) => n.opType)).not.toContain('Shape')
  })

  it('divides nothing into more parts than a shader of WebGPU is sure to have buffers for', () => {
    const { nodes } = lossModel(resolveConfig({ ...coco, components: true, gradients: true, masks: true })).body
    const splits = nodes.filter((n) => n.op === 'Split')
    expect(Math.max(...splits.map((n) => n.outputs.length + 1))).toBeLessThanOrEqual(8)
    expect(splits.length).toBeGreaterThan(5)
  })
})

// Of seven rows at each scale the entries divide among the 21 units, of the others only with empty rows beside them.
it.each([6, 7, 8, 9, 10, 12])('with room for %d boxes it is the compact form', async (maxBoxes) => {
  const options = { ...config, components: true, gradients: true }
  const [fixed, compact] = [
    graphBytes({ ...options, form: 'static', batch: 2, input: size, maxBoxes }),
    graphBytes(options),
  ]
  await fc.assert(
    fc.asyncProperty(scenes({ batch: 2, boxes: 6 }), async ({ logits, labels }) => {
      const feeds = feedsOf(logits, labels)
      const [got, want] = [await evaluateModel(fixed, feeds), await evaluateModel(compact, feeds)]
      expect([...got.keys()]).toEqual([...want.keys()])
      for (const [name, { data }] of want) {
        const [xs, ys] = [got.get(name)?.data ?? [], data].map((values) => Array.from(values, Number)) as [
          number[],
          number[],
        ]
        const worst = Math.max(
          ...xs.map((x, i) => Math.abs(x - (ys[i] as number)) / Math.max(1, Math.abs(ys[i] as number))),
        )
        expect([name, worst < 3e-6]).toEqual([name, true])
      }
    }),
    { numRuns: 4, seed: maxBoxes },
  )
})
