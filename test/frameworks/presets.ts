import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NamedTensor, Tensor } from '../../src/io/index.js'
import { readModel } from '../../src/onnx/index.js'
import type { Grid } from '../../src/reference/index.js'
import { generatedCases, referenceLoss } from '../../src/verify/index.js'
import { presets, resolveConfig } from '../../src/yolo/index.js'
import { type Expected, rtolOfValues } from './judge.js'

/** A graph under `graphs/` with inputs made for it, and what the reference says of them. */
export interface PresetCase {
  readonly name: string
  readonly bytes: Uint8Array
  readonly inputs: readonly NamedTensor[]
  readonly expected: ReadonlyMap<string, Expected>
}

const folder = fileURLToPath(new URL('../../graphs', import.meta.url))

const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) })

/** Absolute tolerance of components, which differences of large numbers round: the project's own for float32. */
const atol = 1e-6

function expectedOf(config: ReturnType<typeof resolveConfig>, inputs: readonly NamedTensor[]): Map<string, Expected> {
  const grids = (stem: string) =>
    inputs.filter(({ name }) => name.startsWith(stem)).map(({ tensor }) => tensor as unknown as Grid)
  const { loss, scales } = referenceLoss({ ...config, logits: grids('y_pred'), labels: grids('y_true') })
  const value = (x: number, allowed = atol): Expected => ({ tensor: scalar(x), rtol: rtolOfValues, atol: allowed })
  const count = (x: number): Expected => ({ tensor: scalar(x), rtol: 0, atol: 0 })
  const rows = scales.flatMap(({ xy, wh, conf, class: cls, ignore, positives }, l): [string, Expected][] => [
    [`xy_${l}`, value(xy)],
    [`wh_${l}`, value(wh)],
    [`conf_${l}`, value(conf)],
    [`class_${l}`, value(cls)],
    [`ignore_${l}`, count(ignore)],
    [`positives_${l}`, count(positives)],
  ])
  return new Map([['loss', value(loss, 0)], ...rows])
}

/** One for each preset. */
export function presetCases(): PresetCase[] {
  return Object.keys(presets).map((preset) => {
    const config = resolveConfig({ preset, components: true })
    const bytes = readFileSync(join(folder, `${preset}.onnx`))
    const [maker] = generatedCases(readModel(bytes, preset), config)
    if (!maker) throw new Error(`no case is generated for ${preset}`)
    const inputs = maker.make().inputs as readonly NamedTensor[]
    return { name: `graphs/${preset}`.replace('/', '-'), bytes, inputs, expected: expectedOf(config, inputs) }
  })
}
