import { join } from 'node:path'
import { float32, type NamedTensor, type Tensor, version } from '../../../io/index.js'
import { encodeModel } from '../../../onnx/index.js'
import { type OracleResult, type ScaleGradient, yoloLoss, yoloLossGradients } from '../../../reference/index.js'
import {
  boxesName,
  type LossConfig,
  lossModel,
  ofScale,
  resolveConfig,
  type ScaleName,
  termNames,
} from '../../../yolo/index.js'
import type { SceneConfig } from '../scene/tensors.js'
import { writeCase } from '../writecase.js'
import { boxLabelsOf } from './boxes.js'
import { inputsOf } from './cases.js'
import { linkEqual } from './links.js'
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

/** Writes a fixture below `root`, and beside it the same from boxes, where boxes can say it. Equal bytes on every call. */
export async function writeFixture(root: string, fixture: FixtureCase, sources: Sources): Promise<void> {
  const made = inputsOf(fixture, sources)
  const info = (oracle: OracleResult) => provenanceOf(fixture, made, oracle)
  const named = (name: ScaleName) => (tensor: Tensor, l: number) => ({ name: ofScale(name, l), tensor })
  const logits = made.logits.map(named('y_pred'))
  const dir = join(root, fixture.name)
  await writeWith(dir, fixture.config, { ...made, inputs: [...logits, ...made.labels.map(named('y_true'))], info })
  const found = boxLabelsOf(made, fixture.config)
  if (!found) return
  const config = { ...fixture.config, labels: found.labels }
  await writeWith(`${dir}-boxes`, config, {
    logits: made.logits,
    labels: found.assigned,
    inputs: [...logits, { name: boxesName, tensor: found.boxes }],
    info: (oracle) => ({ ...info(oracle), title: `${fixture.title}; from boxes`, config }),
    told: [
      ['boxes_refused', 0],
      ['first_refused', -1],
    ],
  })
  await linkEqual(`${dir}-boxes`, dir)
}

type WrittenConfig = SceneConfig & { readonly labels?: LossConfig['labels'] }

/** Tensors of a fixture, and what is said of it. */
interface Written {
  readonly logits: readonly Tensor<'float32'>[]
  readonly labels: readonly Tensor<'float32'>[]
  readonly inputs: readonly NamedTensor[]
  readonly info: (oracle: OracleResult) => Readonly<Record<string, unknown>>
  /** Further outputs that are known beforehand. */
  readonly told?: readonly (readonly [output: string, value: number])[]
}

async function writeWith(dir: string, config: WrittenConfig, written: Written): Promise<void> {
  const { logits, labels, inputs, info, told = [] } = written
  const oracle = yoloLoss({ ...config, logits, labels })
  const slopes = gradients(yoloLossGradients({ ...config, logits, labels }), logits)
  const counts = told.map(([name, x]): [string, Expectation] => [name, { tensor: float32([], [x]), rtol: 0, atol: 0 }])
  const expected = new Map([...expectations(oracle, labels), ...slopes, ...counts])
  await writeCase(dir, {
    model: encodeModel(lossModel(resolveConfig({ ...config, components: true, masks: true, gradients: true }))),
    inputs,
    outputs: [...expected].map(([name, { tensor }]) => ({ name, tensor })),
    tolerances: {
      rtol: relative,
      atol: 0,
      outputs: Object.fromEntries([...expected].map(([name, { rtol, atol }]) => [name, { rtol, atol }])),
    },
    info: info(oracle),
  })
}
