import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDetector } from '../../../src/detector/open.js'
import { encodeNpz } from '../../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { openSession } from '../../../src/runtime/session.js'
import type { StepOptions } from '../../../src/train/step/options.js'
import { trainingStep } from '../../../src/train/step/step.js'
import { Random } from '../../../src/io/random.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { assignTargets } from '../../../src/yolo/labels/assign.js'
import { runs } from './runs.js'

/**
 * Trains a detector by its step with onnxruntime-node, and writes what came out, for check.py.
 *
 *     tsx make.ts DETECTOR.onnx PRESET HEIGHT WIDTH SEED FOLDER [RUN…]
 */
const [file = '', preset = '', height = '', width = '', seed = '', folder = '', ...named] = process.argv.slice(2)
const size = [Number(height), Number(width)] as const
const batch = 2

type Tensors = Record<string, Tensor>

const config = resolveConfig({ preset, batch, input: size })
const bytes = readFileSync(file)
const random = new Random(Number(seed))
const between = (low: number, high: number): number => low + (high - low) * random.uniform()
const pixels = Array.from({ length: batch * 3 * size[0] * size[1] }, () => random.uniform())
const [input] = openDetector(bytes, file).info.inputs
const image = float32(input?.shape?.[3] === 3 ? [batch, ...size, 3] : [batch, 3, ...size], pixels)
const rows = Array.from({ length: batch * 6 }, () => {
  const [w, h] = [between(6, size[1] / 1.5), between(6, size[0] / 1.5)]
  const [x, y] = [between(0, size[1] - w), between(0, size[0] - h)]
  return [x, y, x + w, y + h, Math.floor(between(0, config.classes))]
})
const labels = assignTargets(float32([batch, 6, 5], rows.flat()), size, config)
const fed: Tensors = { [input?.name ?? '']: image, ...Object.fromEntries(labels.map((y, l) => [`y_true_${l}`, y])) }

const prefix = 'next_'

/** Runs steps one after another. */
async function trained(options: StepOptions, steps: number, rate: number): Promise<Tensors> {
  const step = trainingStep(bytes, config, options)
  const session = await openSession(step.bytes)
  let values: Tensors = { ...fed, ...step.initial(), rate: float32([], [rate]) }
  let out: ReadonlyMap<string, Tensor> = new Map()
  for (let i = 0; i < steps; i++) {
    // What only the update takes stays out of a step of gradients.
    out = await session.run(
      Object.fromEntries(Object.entries(values).filter(([name]) => step.inputs.includes(name) || name in fed)),
    )
    const next = [...out].flatMap(([name, v]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), v] as const] : [],
    )
    values = { ...values, ...Object.fromEntries(next) }
  }
  await session.release()
  if (options.gradientsOnly) return Object.fromEntries(out)
  return Object.fromEntries([...step.parameters, ...step.statistics].map((name) => [name, values[name] as Tensor]))
}

const save = async (name: string, tensors: Tensors): Promise<void> =>
  writeFileSync(
    join(folder, `${name}.npz`),
    await encodeNpz(Object.entries(tensors).map(([key, tensor]) => ({ name: key, tensor }))),
  )

const asked = Object.fromEntries(Object.entries(runs).filter(([name]) => named.includes(name)))
const { anchors, anchorMask, ignoreThreshold } = config
writeFileSync(join(folder, 'config.json'), JSON.stringify({ anchors, anchorMask, ignoreThreshold, runs: asked }))
await save('fed', fed)
await save('gradients', await trained({ optimizer: 'sgd', gradientsOnly: true }, 1, 0))
for (const [name, { options, steps, rate }] of Object.entries(runs))
  await save(name, await trained(options, steps, rate))
