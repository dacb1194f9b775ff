import { join } from 'node:path'
import { float32, type Tensor, version } from '../../../io/index.js'
import { encodeModel } from '../../../onnx/index.js'
import { type OracleResult, type ScaleGradient, yoloLoss, yoloLossGradients } from '../../../reference/index.js'
import { lossModel, ofScale, resolveConfig, type ScaleName, termNames } from '../../../yolo/index.js'
import { writeCase } from '../writecase.js'
import { inputsOf } from './cases.js'
import type { FixtureCase, FixtureInputs, Sources } from './types.js'

/** Every sum of the loss agrees with the oracle to this, beyond what rounding its float32 inputs explains. */
const relative = 2e-6

interface Expectation {
  readonly tensor: Tensor<'float32'>
  readonly rtol: number
  readonly atol: number
}

/** What the graph must give, in its order, with the tolerance of each output. */
function expectations({ scales, ...all }: OracleResult, labels: readonly Tensor[]): Map<string, Expectation> {
  const exact = { rtol: 0, atol: 0 }
  return new Map<string, Expectation>([
    ['loss', { tensor: float32([], [all.loss]), rtol: relative, atol: 0 }],
    ...scales.flatMap((scale, l): [string, Expectation][] => [
      ...termNames.map((name): [string, Expectation] => [
        ofScale(name, l),
        { tensor: float32([], [scale[name]]), rtol: relative, atol: scale.bound[name] },
      ]),
      [ofScale('ignore', l), { tensor: float32([], [scale.ignore]), ...exact }],
      [ofScale('positives', l), { tensor: float32([], [scale.positives]), ...exact }],
      [ofScale('ignore_mask', l), { tensor: maskOf(scale.ignoreMask, labels[l] as Tensor), ...exact }],
    ]),
  ])
}

/** The derivatives by the logits; what a provider's Sigmoid and rounded targets may change is granted to all elements. */
function gradients(all: readonly ScaleGradient[], logits: readonly Tensor[]): [string, Expectation][] {
  return all.map(({ values, bounds, sigmoidBounds }, l) => {
    const atol = values.reduce((most, _, i) => Math.max(most, (bounds[i] ?? 0) + (sigmoidBounds[i] ?? 0)), 0)
    const tensor = float32((logits[l] as Tensor).shape, values)
    return [ofScale('grad_y_pred', l), { tensor, rtol: relative, atol }]
  })
}

const maskOf = (mask: Uint8Array, { shape }: Tensor) => float32([...shape.slice(0, 4), 1], mask)

/** JSON has no ∞ and no NaN: they are written as strings. */
const number = (x: number): number | string => (Number.isFinite(x) ? x : String(x))

function provenanceOf(fixture: FixtureCase, { provenance, notes }: FixtureInputs, oracle: OracleResult) {
  const { title, semantics, config, seed, atThreshold } = fixture
  const told = [...termNames, 'ignore', 'positives', 'entropyFloor'] as const
  const scales = oracle.scales.map((scale) => Object.fromEntries(told.map((name) => [name, number(scale[name])])))
  return {
    title,
    semantics,
    config,
    seed,
    ...(atThreshold && { atThreshold }),
    provenance: {
      ...provenance,
      expected: 'float64 loops of src/reference, written as float32; this file holds them in full',
      tolerances:
        'rtol 2e-6; atol is what rounding the float32 inputs can change, to first order, and for gradients a Sigmoid; counts are exact',
      madeBy: `npm run fixtures, onnx-yolo-loss ${version}`,
    },
    ...(notes && { notes }),
    oracle: { loss: number(oracle.loss), entropyFloor: number(oracle.entropyFloor), scales },
  }
}

/** Writes a fixture below `root`: graph, inputs, expected outputs, tolerances, provenance. Equal bytes on every call. */
export async function writeFixture(root: string, fixture: FixtureCase, sources: Sources): Promise<void> {
  const made = inputsOf(fixture, sources)
  const oracle = yoloLoss({ ...fixture.config, ...made })
  const slopes = gradients(yoloLossGradients({ ...fixture.config, ...made }), made.logits)
  const expected = new Map([...expectations(oracle, made.labels), ...slopes])
  const named = (name: ScaleName) => (tensor: Tensor, l: number) => ({ name: ofScale(name, l), tensor })
  await writeCase(join(root, fixture.name), {
    model: encodeModel(lossModel(resolveConfig({ ...fixture.config, components: true, masks: true, gradients: true }))),
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
