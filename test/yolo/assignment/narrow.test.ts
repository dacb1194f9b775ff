import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/io/random.js'
import { float32, type Tensor } from '../../../src/io/tensor.js'
import { tensorOf } from '../../../src/onnx/graph/constants.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Model } from '../../../src/onnx/graph/model.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { add, argMax, div, min, mul, sub } from '../../../src/onnx/math.js'
import { split } from '../../../src/onnx/parts.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { squeeze, unsqueeze } from '../../../src/onnx/shape.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { bestAnchor } from '../../../src/yolo/labels/assign.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { type Family, families } from '../../others/numpy/families.js'
import { settings } from '../../others/numpy/settings.js'
import { tiedSizes } from '../../others/numpy/ties.js'
import type { BoxScene, Setting } from '../../support/boxes.js'
import { anchorModel, roughDivisions, sidesTensor, units, withRoughDivision } from '../../support/narrow.js'
import { expectedOf, faultsOf } from '../../support/targets.js'

const [batch, rows] = [20, 60]

/** Settings of all anchors there are, on small inputs, which boxes may be larger than. */
const small = settings
  .filter(({ name }) => /416|512×512/.test(name))
  .map(({ name, config }): [string, Setting] => {
    const { anchors, anchorMask } = config
    return [name, { anchors, anchorMask, classes: 2, input: [64, 96] }]
  })

const kinds = ['tied', 'anchorSized', 'any', 'crowded', 'odd', 'negativeArea'] as const

function sceneOf({ input, ...config }: Setting, kind: (typeof kinds)[number], random: Random): BoxScene {
  const family: Family = families[kind]
  const images = Array.from({ length: batch }, () => family(random, { name: kind, size: input, config }, rows))
  const boxes = float32([batch, rows, 5], images.flat(2))
  return { ...config, input, labels: 'boxes', padding: 'anywhere', badBoxes: 'drop', boxes }
}

const targetsModel = ({ boxes, ...scene }: BoxScene): Model =>
  lossModel(resolveConfig({ ...scene, graph: 'targets', form: 'static', batch, maxBoxes: rows }))

describe('the static graph of targets, its quotients off by up to three units in the last place', () => {
  it('is asked for tens of thousands of boxes', () => {
    expect(small.length * kinds.length * batch * rows).toBeGreaterThan(30_000)
    expect(small.map(([, { anchors }]) => tiedSizes({ anchors, anchorMask: [], classes: 1 }).length > 0)).toContain(
      true,
    )
  })

  it.each(small)('is the oracle bit for bit: %s', async (name, setting) => {
    const random = new Random(38)
    for (const kind of kinds) {
      // Areas of anchors that float32 has not are no box's.
      if (kind === 'negativeArea' && name.startsWith('fractional')) continue
      const scene = sceneOf(setting, kind, random)
      const model = withRoughDivision(targetsModel(scene), random, units)
      expect(roughDivisions(model)).toBe(2)
      const outputs = await evaluateModel(encodeModel(model), { boxes: scene.boxes })
      expect([kind, ...faultsOf(outputs, expectedOf(scene))]).toEqual([kind])
    }
  })
})

/** The first best IoU in float32, as one would write it. */
function plainModel({ anchors }: Setting, count: number): Model {
  const graph = new Graph()
  const sides = graph.input('sides', 'float32', [1, count, 2])
  const area = (v: Value<'float32'>) => {
    const [w, h] = split(v, [1, 1], -1)
    return mul(w, h)
  }
  const table = graph.constant(tensorOf('float32', [anchors.length, 2], anchors.flat()))
  const boxes = unsqueeze(sides, [2])
  const overlap = area(min(boxes, table))
  const ratio = div(overlap, sub(add(area(boxes), area(table)), overlap))
  return graph.build({ anchor: argMax(squeeze(ratio, [3])) })
}

/** How many of the anchors that a model gives are not those of the oracle. */
async function wrongAnchors(model: Model, { anchors }: Setting, sides: Float32Array): Promise<number> {
  const outputs = await evaluateModel(encodeModel(model), { sides: sidesTensor(sides) })
  const got = (outputs.get('anchor') as Tensor<'int64'>).data
  return got.filter((n, i) => Number(n) !== bestAnchor([sides[2 * i] as number, sides[2 * i + 1] as number], anchors))
    .length
}

const tied = small.filter(([name]) => /turned|square/.test(name))

/** Sizes for which two anchors are the best, each many times. */
const tiedSides = ({ anchors }: Setting): Float32Array =>
  Float32Array.from(
    tiedSizes({ anchors, anchorMask: [], classes: 1 })
      .filter(([w, h]) => w <= 416 && h <= 416)
      .slice(0, 5000)
      .flat(),
  )

describe.each(tied)('what is done against rough quotients: %s', (_, setting) => {
  const sides = tiedSides(setting)
  const count = sides.length / 2

  it('is needed: without it they break ties', async () => {
    const plain = plainModel(setting, count)
    expect(await wrongAnchors(plain, setting, sides)).toBe(0)
    const rough = withRoughDivision(plain, new Random(39), units)
    expect(await wrongAnchors(rough, setting, sides)).toBeGreaterThan(count / 5)
  })

  it('is enough, but not for quotients that are off by thousandths', async () => {
    const model = anchorModel(setting, count)
    expect(await wrongAnchors(withRoughDivision(model, new Random(40), units), setting, sides)).toBe(0)
    const thousandths = [-(2 ** -10), 0, 2 ** -10]
    const rougher = withRoughDivision(model, new Random(41), thousandths)
    expect(await wrongAnchors(rougher, setting, sides)).toBeGreaterThan(count / 20)
  })
})

/**
 * Squares that tie between an anchor and this turned by a quarter, with ratios whose 12 bits leave the largest rest: about
 * 1 + 2⁻¹², times a power of two.
 */
function worstTie(random: Random): { readonly anchor: readonly [number, number]; readonly side: number } {
  for (;;) {
    const p = random.integer(8, 800) / 8
    const side = random.integer(p * 8 + 1, 1600) / 8
    const wanted = 2 ** -random.integer(1, 5) * (1 + 2 ** -12)
    const q = Math.round(8 * (side / wanted - (side * side) / p)) / 8
    if (!(q > side && q < 3000)) continue
    const ratio = (p * side) / (side * side + p * q)
    const mantissa = ratio / 2 ** Math.floor(Math.log2(ratio))
    if (Math.abs((mantissa - 1) * 2 ** 12 - 1) < 0.02) return { anchor: [p, q], side }
  }
}

it('no tie is broken where the rest of a quotient is the largest, which its error is a part of', async () => {
  const random = new Random(42)
  for (let i = 0; i < 40; i++) {
    const { anchor, side } = worstTie(random)
    const [p, q] = anchor
    const setting: Setting = { anchors: [anchor, [q, p]], anchorMask: [[0, 1]], classes: 1, input: [32, 32] }
    const sides = new Float32Array(2 * 400).fill(side)
    const model = withRoughDivision(anchorModel(setting, 400), random, units)
    expect([anchor, side, await wrongAnchors(model, setting, sides)]).toEqual([anchor, side, 0])
  }
})

it('sides that differ in their last bit are told apart, between an anchor and this turned by a quarter', async () => {
  const random = new Random(48)
  const setting: Setting = { anchors: [[20, 90], [90, 20]], anchorMask: [[0, 1]], classes: 1, input: [32, 32] } // biome-ignore format: pairs
  const sides = new Float32Array(2 * 3000)
  const bits = new Int32Array(sides.buffer)
  for (let i = 0; i < sides.length; i += 2) {
    sides[i] = 20 + 70 * random.uniform()
    bits[i + 1] = (bits[i] as number) + random.integer(-2, 2)
  }
  expect(await wrongAnchors(withRoughDivision(anchorModel(setting, 3000), random, units), setting, sides)).toBe(0)
})
