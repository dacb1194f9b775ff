import { describe, expect, it } from 'vitest'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { type OracleResult, yoloLoss } from '../../../src/reference/oracle.js'
import { openSession } from '../../../src/runtime/session.js'
import { Random } from '../../../src/io/random.js'
import { termNames } from '../../../src/yolo/config/vocabulary.js'
import { feedsOf, graphBytes } from '../../support/cases.js'

/** A net that says the same everywhere: each of its sums is of equal numbers, whose roundings all go one way. */
interface Untrained {
  readonly name: string
  readonly batch: number
  readonly grid: readonly [h: number, w: number]
  readonly anchors: number
  readonly scales: number
  readonly classes: number
  /** Part of the cells that hold an object. */
  readonly dense: number
}

const nets: readonly Untrained[] = [
  { name: '26×16 cells, two anchors', batch: 1, grid: [26, 16], anchors: 2, scales: 1, classes: 80, dense: 0.02 },
  { name: 'batch 64', batch: 64, grid: [3, 4], anchors: 3, scales: 2, classes: 3, dense: 0.02 },
  { name: 'an object in every cell', batch: 2, grid: [4, 5], anchors: 3, scales: 2, classes: 20, dense: 1 },
]
const logits = [0, -0.3, 2.7]
const forms = ['compact', 'static', 'loop'] as const

const headsOf = ({ batch, grid: [h, w], scales }: Untrained) =>
  Array.from({ length: scales }, (_, l) => [batch, h * 2 ** l, w * 2 ** l] as const)

function labelsOf(net: Untrained): Tensor<'float32'>[] {
  const random = new Random(net.batch)
  const entries = 5 + net.classes
  return headsOf(net).map(([b, h, w]) => {
    const data = new Float32Array(b * h * w * net.anchors * entries)
    for (let at = 0; at < data.length; at += entries) {
      if (random.uniform() >= net.dense) continue
      const cell = Math.floor(at / entries / net.anchors)
      data.set([((cell % w) + 0.25) / w, ((Math.floor(cell / w) % h) + 0.75) / h, 0.1, 0.1, 1], at)
      data[at + 5 + random.integer(0, net.classes - 1)] = 1
    }
    return { dtype: 'float32', shape: [b, h, w, net.anchors, entries], data }
  })
}

const logitsOf = (net: Untrained, value: number) =>
  headsOf(net).map(([b, h, w]) => {
    const channels = net.anchors * (5 + net.classes)
    return float32([b, h, w, channels], Array(b * h * w * channels).fill(value))
  })

function configOf({ anchors, scales, classes }: Untrained) {
  const numbers = [...Array(anchors * scales).keys()]
  const mask = Array.from({ length: scales }, (_, l) =>
    numbers.slice((scales - 1 - l) * anchors, (scales - l) * anchors),
  )
  return {
    anchors: numbers.map((i) => [30 + 7 * i, 40 + 5 * i] as const),
    anchorMask: mask,
    classes,
    ignoreThreshold: 0.5,
  }
}

const fixed = ({ batch, grid: [h, w] }: Untrained) => ({ batch, input: [32 * h, 32 * w], maxBoxes: 300 })

/** What an output is said to be, and by how much it may differ beyond 2e-6. */
type Expected = readonly [name: string, values: readonly number[], bound: number]

const batchMeans = ({ loss, bound, entropyFloor, scales }: OracleResult): Expected[] => [
  ['loss', [loss], bound],
  ['entropy_floor', [entropyFloor], bound],
  ...scales.flatMap((s, l) => [
    ...termNames.map((name): Expected => [`${name}_${l}`, [s[name]], s.bound[name]]),
    [`ignore_${l}`, [s.ignore], 0] as const,
    [`positives_${l}`, [s.positives], 0] as const,
  ]),
]

const ofImages = ({ bound, scales, perImage }: OracleResult, batch: number): Expected[] => [
  ['loss', [...perImage.loss], bound * batch],
  ...scales.flatMap((s, l) =>
    termNames.map((name): Expected => [`${name}_${l}`, [...s.perImage[name].values], s.bound[name] * batch]),
  ),
]

const kinds: readonly [what: string, options: object, expected: (r: OracleResult, batch: number) => Expected[]][] = [
  ['the loss alone', {}, ({ loss, bound }) => [['loss', [loss], bound]]],
  ['components and diagnostics', { components: true, diagnostics: true }, batchMeans],
  [
    'the loss of each image',
    { reduction: 'none' },
    ({ perImage, bound }, b) => [['loss', [...perImage.loss], bound * b]],
  ],
  ['the components of each image', { reduction: 'none', components: true }, ofImages],
]

describe.each(nets)('an untrained net: $name', (net) => {
  const labels = labelsOf(net)
  const runs = logits.map((value) => logitsOf(net, value))
  const results = runs.map((own) => yoloLoss({ ...configOf(net), logits: own, labels }))

  it.each(forms)('%s agrees with the oracle to 2e-6', async (form) => {
    const sizes = form === 'static' ? fixed(net) : {}
    for (const [what, options, expected] of kinds) {
      const session = await openSession(graphBytes({ ...configOf(net), form, ...sizes, ...options }))
      for (const [i, result] of results.entries()) {
        const outputs = await session.run(feedsOf(runs[i] as Tensor[], labels))
        for (const [name, values, bound] of expected(result, net.batch))
          values.forEach((value, b) => {
            const off = Math.abs(Number(outputs.get(name)?.data[b]) - value)
            expect(off, `${what}, logits ${logits[i]}, ${name}`).toBeLessThanOrEqual(2e-6 * Math.abs(value) + bound)
          })
      }
      await session.release()
    }
  })
})
