import { join } from 'node:path'
import { type Tensor, version } from '../../../io/index.js'
import { encodeModel } from '../../../onnx/index.js'
import { type OracleResult, yoloLoss } from '../../../reference/index.js'
import { lossModel, resolveConfig } from '../../../yolo/index.js'
import { writeCase } from '../writecase.js'
import type { FixtureCase, FixtureInputs, Sources } from './types.js'

/** Every sum of the loss agrees with the oracle to this, beyond what rounding its float32 inputs explains. */
const relative = 2e-6

const terms = ['xy', 'wh', 'conf', 'class'] as const

interface Expectation {
  readonly tensor: Tensor<'float32'>
  readonly rtol: number
  readonly atol: number
}

const scalar = (x: number): Tensor<'float32'> => ({ dtype: 'float32', shape: [], data: Float32Array.of(x) })

/** What the graph must give, in its order, with the tolerance of each output. */
function expectations({ scales, ...all }: OracleResult, labels: readonly Tensor[]): Map<string, Expectation> {
  const exact = { rtol: 0, atol: 0 }
  return new Map<string, Expectation>([
    ['loss', { tensor: scalar(all.loss), rtol: relative, atol: 0 }],
    ...scales.flatMap((scale, l): [string, Expectation][] => [
      ...terms.map((name): [string, Expectation] => [
        `${name}_${l}`,
        { tensor: scalar(scale[name]), rtol: relative, atol: scale.bound[name] },
      ]),
      [`ignore_${l}`, { tensor: scalar(scale.ignore), ...exact }],
      [`positives_${l}`, { tensor: scalar(scale.positives), ...exact }],
      [`ignore_mask_${l}`, { tensor: maskOf(scale.ignoreMask, labels[l] as Tensor), ...exact }],
    ]),
  ])
}

const maskOf = (mask: Uint8Array, { shape }: Tensor): Tensor<'float32'> => ({
  dtype: 'float32',
  shape: [...shape.slice(0, 4), 1],
  data: Float32Array.from(mask),
})

/** JSON has no ∞ and no NaN: they are written as strings. */
const number = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

function provenanceOf(fixture: FixtureCase, { provenance, notes }: FixtureInputs, oracle: OracleResult) {
  const { title, semantics, config, seed, atThreshold } = fixture
  const scales = oracle.scales.map(({ xy, wh, conf, class: cls, ignore, positives, entropyFloor }) =>
    Object.fromEntries(
      Object.entries({ xy, wh, conf, class: cls, ignore, positives, entropyFloor }).map(([k, x]) => [k, number(x)]),
    ),
  )
  return {
    title,
    semantics,
    config,
    seed,
    ...(atThreshold && { atThreshold }),
    provenance: {
      ...provenance,
      expected: 'float64 loops of src/reference, written as float32; this file holds them in full',
      tolerances: 'rtol 2e-6; atol is what rounding the float32 inputs can change, to first order; counts are exact',
      madeBy: `npm run fixtures, onnx-yolo-loss ${version}`,
    },
    ...(notes && { notes }),
    oracle: { loss: number(oracle.loss), entropyFloor: number(oracle.entropyFloor), scales },
  }
}

/** Writes a fixture below `root`: graph, inputs, expected outputs, tolerances, provenance. Equal bytes on every call. */
export async function writeFixture(root: string, fixture: FixtureCase, sources: Sources): Promise<void> {
  const made = fixture.make(sources)
  const oracle = yoloLoss({ ...fixture.config, ...made })
  const expected = expectations(oracle, made.labels)
  const named = (prefix: string) => (tensor: Tensor, l: number) => ({ name: `${prefix}_${l}`, tensor })
  await writeCase(join(root, fixture.name), {
    model: encodeModel(lossModel(resolveConfig({ ...fixture.config, components: true, masks: true }))),
    inputs: [...made.logits.map(named('y_pred')), ...made.labels.map(named('y_true'))],
    outputs: [...expected].map(([name, { tensor }]) => ({ name, tensor })),
    tolerances: {
      rtol: relative,
      atol: 0,
      outputs: Object.fromEntries([...expected].map(([name, { rtol, atol }]) => [name, { rtol, atol }])),
    },
    info: provenanceOf(fixture, made, oracle),
  })
}
