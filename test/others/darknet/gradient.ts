import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { Random } from '../../../src/io/random.js'
import type { LossConfig } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'

/**
 * Our gradient against `delta` of Darknet's own layer, which is the negative gradient of the summed loss. Both define the
 * same quantity where all boxes of an image lie on one scale, as Darknet ignores cells near any box of the image.
 *
 *     tsx gradient.ts BACKWARD          BACKWARD is backward.c, compiled
 */
const [backward = ''] = process.argv.slice(2)

const [height, width] = [288, 416] as const
const boxesAtMost = 6
const absolute = 1e-6
const relative = 1e-5

const config = resolveConfig({
  preset: 'yolov3-coco',
  ...{ classes: 4, ignoreThreshold: 0.2, layout: 'nachw', reduction: 'sum', gradients: true, masks: true },
})

/**
 * Where a side of `length` pixels may start for its middle to lie inside a cell of every scale: at a border Darknet rounds
 * in float32, keras-yolo3 in float64, and they pick different cells.
 */
function start(random: Random, extent: number, length: number): number {
  for (;;) {
    const at = random.integer(0, extent - length - 1)
    if (Math.floor(at + length / 2) % 8 !== 0) return at
  }
}

/** A box near an anchor of the scale: x1 y1 x2 y2 class. */
function boxOf(scale: number, random: Random): number[] {
  const sides = config.anchors[random.pick(config.anchorMask[scale] as number[])] as readonly [number, number]
  const [w, h] = sides.map((side, axis) => {
    const most = ([width, height][axis] as number) - 32
    return Math.min(most, Math.max(4, Math.round(side * (0.9 + 0.2 * random.uniform()))))
  }) as [number, number]
  const [x, y] = [start(random, width, w), start(random, height, h)]
  return [x, y, x + w, y + h, random.integer(0, config.classes - 1)]
}

/** The coarsest cell that holds the centre of a box. */
const cellOf = ([x1, y1, x2, y2]: readonly number[]): string =>
  [(x1 as number) + (x2 as number), (y1 as number) + (y2 as number)].map((sum) => Math.floor(sum / 64)).join()

/** Labels of two images, the second with half the boxes; no two boxes in one cell, where classes would add up. */
function labelsOf(scale: number, random: Random): Tensor<'float32'>[] {
  const rows = [boxesAtMost, boxesAtMost / 2].flatMap((count) => {
    const boxes = new Map<string, number[]>()
    while (boxes.size < count) {
      const box = boxOf(scale, random)
      boxes.set(cellOf(box), box)
    }
    return [...boxes.values(), ...Array<number[]>(boxesAtMost - count).fill([0, 0, 0, 0, 0])]
  })
  return assignTargets(float32([2, boxesAtMost, 5], rows.flat()), [height, width], config)
}

/** The boxes that stand in the labels of a scale, for each image, the rest zeros: `[B, boxesAtMost, 5]` */
function truthOf({ shape, data }: Tensor<'float32'>): Float32Array {
  const [batch, channels] = [shape[0] as number, shape[4] as number]
  const truth = new Float32Array(batch * boxesAtMost * 5)
  const perImage = data.length / batch
  for (let b = 0; b < batch; b++) {
    let k = 0
    for (let i = b * perImage; i < (b + 1) * perImage; i += channels) {
      if (data[i + 4] === 0) continue
      const box = data.subarray(i, i + channels)
      truth.set([...box.subarray(0, 4), box.indexOf(1, 5) - 5], (b * boxesAtMost + k++) * 5)
    }
  }
  return truth
}

/** Logits that predict boxes of all sizes, so that some cells near the truth are ignored. */
const logitsLike = (labels: readonly Tensor[], random: Random): Tensor<'float32'>[] =>
  labels.map(({ shape: [b, h, w, a, d] }) => {
    const dims = [b, a, d, h, w] as number[]
    return float32(
      dims,
      Array.from({ length: dims.reduce((n, x) => n * x) }, () => random.normal(0, 1)),
    )
  })

function darknetDelta(scale: number, logits: Tensor<'float32'>, labels: Tensor<'float32'>, dir: string): Float32Array {
  const [batch, rows, columns] = labels.shape as number[]
  const mask = config.anchorMask[scale] as number[]
  const ints = [batch, columns, rows, mask.length, config.anchors.length, config.classes, width, height, boxesAtMost]
  const parts = [
    Int32Array.from([...(ints as number[]), ...mask]),
    Float32Array.from([config.ignoreThreshold, ...config.anchors.flat()]),
    truthOf(labels),
    logits.data,
  ]
  const [input, output] = [join(dir, 'input'), join(dir, 'output')]
  writeFileSync(input, Buffer.concat(parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength))))
  execFileSync(backward, [input, output], { stdio: 'pipe' })
  return new Float32Array(new Uint8Array(readFileSync(output)).buffer)
}

interface Outcome {
  readonly line: string
  readonly passed: boolean
}

async function compare(scale: number, seed: number, form: LossConfig['form'], dir: string): Promise<Outcome> {
  const random = new Random(seed)
  const labels = labelsOf(scale, random)
  const logits = logitsLike(labels, random)
  const delta = darknetDelta(scale, logits[scale] as Tensor<'float32'>, labels[scale] as Tensor<'float32'>, dir)
  const model = lossModel({ ...config, form, batch: 2, input: [height, width] })
  const named = (stem: string, tensors: readonly Tensor[]) => tensors.map((t, l) => [`${stem}_${l}`, t] as const)
  const feeds = Object.fromEntries([...named('y_pred', logits), ...named('y_true', labels)])
  const outputs = await evaluateModel(encodeModel(model), feeds)
  const gradient = outputs.get(`grad_y_pred_${scale}`)?.data as Float32Array
  const kept = outputs.get(`ignore_mask_${scale}`)?.data as Float32Array
  const ignored = kept.reduce((n, κ) => n + (1 - κ), 0)
  const positives = truthOf(labels[scale] as Tensor<'float32'>)
    .filter((_, i) => i % 5 === 2)
    .filter(Boolean).length
  const errors = gradient.map((g, i) => Math.abs(g + (delta[i] as number)))
  const worst = errors.reduce((a, b) => Math.max(a, b))
  const passed =
    positives > 2 &&
    ignored > positives &&
    gradient.length === delta.length &&
    errors.every((e, i) => e <= absolute + relative * Math.abs(delta[i] as number))
  const numbers = `${gradient.length} entries, ${positives} objects, ${ignored} cells ignored, worst ${worst.toExponential(1)}`
  return { line: `${passed ? 'pass' : 'FAIL'}  scale ${scale}, seed ${seed}, ${form}: ${numbers}`, passed }
}

const dir = mkdtempSync(join(tmpdir(), 'darknet-'))
try {
  const outcomes: Outcome[] = []
  for (const scale of [0, 1, 2])
    for (const [seed, form] of [
      [1, 'compact'],
      [2, 'static'],
      [3, 'loop'],
    ] as const)
      outcomes.push(await compare(scale, seed, form, dir))
  for (const { line } of outcomes) console.log(line)
  const passed = outcomes.filter((o) => o.passed).length
  console.log(`${passed} passed, ${outcomes.length - passed} failed`)
  process.exitCode = passed === outcomes.length ? 0 : 1
} finally {
  rmSync(dir, { recursive: true })
}
