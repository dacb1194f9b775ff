import { expect } from 'vitest'
import { type Attached, type AttachOptions, attachLoss } from '../../src/attach/attach.js'
import type { Tensor } from '../../src/io/tensor.js'
import { yoloLoss } from '../../src/reference/oracle.js'
import type { Feeds } from '../../src/runtime/feeds.js'
import { evaluateModel, type SessionOptions } from '../../src/runtime/session.js'
import type { ConfigInput, LossConfig } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { tinyConfig } from './detector.js'
import { asGrid, givenOf, labelsOf, noise, type Scene } from './given.js'

export interface Comparison {
  readonly attached: Attached
  readonly loss: number
  readonly expected: number
  readonly outputs: ReadonlyMap<string, Tensor>
}

/** What the loss must be, from head tensors by name. */
export function expectedLoss(
  config: LossConfig,
  { heads }: Attached,
  tensors: ReadonlyMap<string, Tensor>,
  labels: Readonly<Record<string, Tensor>>,
): number {
  const grids = Object.values(labels).map((y) => [y.shape[1], y.shape[2]] as [number, number])
  const logits = heads.map((head, l) =>
    asGrid(tensors.get(head.name) as Tensor, head.layout, config.anchorMask[l]?.length ?? 0, grids[l] ?? [0, 0]),
  )
  return yoloLoss({ ...config, logits, labels: Object.values(labels) as never }).loss
}

/**
 * Attaches the loss, runs the detector with and without it on the same inputs and checks what must hold: the loss is
 * that of the oracle for the detector's own heads, and the detector's outputs are bit-identical.
 */
export async function checkAttached(
  detector: Uint8Array,
  options: AttachOptions & Scene & { config?: ConfigInput; session?: SessionOptions; image?: Feeds } = {},
): Promise<Comparison> {
  const config = resolveConfig(options.config ?? tinyConfig)
  const { heads, layout, grids, onlyLoss, asFunction, rewriteResize } = options
  const given = { heads, layout, grids, onlyLoss, asFunction, rewriteResize }
  const attached = attachLoss(detector, config, given as AttachOptions)
  const image = options.image ?? { image: noise(options) }
  const labels = labelsOf(config, options)
  const plain = await evaluateModel(detector, image, options.session)
  const named = Object.fromEntries(givenOf(config, options).map((y, i) => [attached.inputs[i], y]))
  const outputs = await evaluateModel(attached.bytes, { ...image, ...named }, options.session)
  const loss = Number(outputs.get(attached.outputs[0] as string)?.data[0])
  const expected = expectedLoss(config, attached, plain, labels)
  expect(Math.abs(loss - expected) / expected).toBeLessThan(2e-6)
  expect([...outputs.keys()][0]).toBe(attached.outputs[0])
  if (!options.onlyLoss)
    for (const [name, tensor] of plain)
      expect(Buffer.from(bytesOf(outputs.get(name))).equals(bytesOf(tensor)), name).toBe(true)
  return { attached, loss, expected, outputs }
}

const bytesOf = (t: Tensor | undefined): Buffer =>
  t ? Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength) : Buffer.alloc(0)
