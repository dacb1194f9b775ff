import { beforeAll, describe, expect, it } from 'vitest'
import type { Tensor } from '../../../src/io/tensor.js'
import { Graph } from '../../../src/onnx/graph/graph.js'
import type { Value } from '../../../src/onnx/graph/value.js'
import { cast } from '../../../src/onnx/ops/movement.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import type { Match } from '../../../src/reference/semantics/cells/match.js'
import { Evaluator } from '../../../src/reference/semantics/loops/evaluate.js'
import { boxesOf, classesOf, lastOf } from '../../../src/reference/semantics/loops/matches.js'
import { profileNames } from '../../../src/reference/semantics/profiles/profiles.js'
import { type Spec, semanticsOfSpec, spelledSpec } from '../../../src/reference/semantics/profiles/spec.js'
import { valuesOf } from '../../../src/reference/semantics/rules/rules.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import type { FormName } from '../../../src/yolo/config/forms.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { foundIn, hiddenBy } from '../../../src/yolo/semantics/found.js'
import type { Batch } from '../../others/semantics/batches.js'
import { allBatches, configOf, feedsOf, inputOf } from './support.js'

/** What a graph finds, by the name of what it is and the scale. */
async function foundBy(batch: Batch, form: FormName, spec: Spec) {
  const semantics = semanticsOfSpec(spec)
  const config = resolveConfig({ ...configOf(batch, form, { dtype: 'float64' }), form })
  const graph = new Graph({ opset: 17 })
  const found = foundIn(graph, config, semantics)
  const { shares, masks } = hiddenBy(found, config, semantics)
  const outputs: Record<string, Value> = {}
  shares.forEach((own, l) => {
    for (const key of ['exists', 'isLast'] as const) outputs[`${key}_${l}`] = cast(own[key], 'float64')
    for (const key of [
      'index',
      'cell',
      'anchor',
      'box',
      'objectness',
      'boxWeight',
      'classWeight',
      'classLabels',
    ] as const)
      outputs[`${key}_${l}`] = cast(own[key], 'float64')
    const κ = masks[l]
    if (κ) outputs[`mask_${l}`] = cast(κ, 'float64')
  })
  return evaluateModel(encodeModel(graph.build(outputs)), feedsOf(batch, 'float64'))
}

type Row = readonly number[]

/** Matches of an image as rows of numbers, ordered by their row of predictions and, within it, as they are written. */
const inOrder = (rows: readonly Row[]): Row[] => rows.toSorted((a, b) => (a[0] as number) - (b[0] as number))

function rowsOfReference(evaluator: Evaluator, l: number, spec: Spec): Row[][] {
  const semantics = semanticsOfSpec(spec)
  const scale = evaluator.scales[l] as Evaluator['scales'][number]
  const matches = evaluator.hold(semantics).matches[l] as readonly Match[]
  const last = new Set(lastOf(matches).values())
  const boxes = boxesOf(matches, semantics)
  const classes = classesOf(matches, semantics)
  const perImage = scale.rows * scale.columns * scale.anchors.length
  return Array.from({ length: scale.batch }, (_, b) =>
    inOrder(
      matches
        .filter(({ image }) => image === b)
        .map((own) => {
          const weight = boxes.find(({ match }) => match === own)?.weight ?? 0
          // A label of several boxes is that of the last.
          const label =
            classes.find((one) => one === own) ?? classes.find((one) => last.has(own) && one.index === own.index)
          const { box, anchor } = own
          const labels = label ? Array.from(label.classes) : []
          const sides = scale.anchors[anchor] as readonly number[]
          return [own.index - b * perImage, last.has(own) ? 1 : 0, own.column, own.row, ...sides, box.x, box.y, box.w, box.h, own.objectness, weight, label ? 1 : 0, ...labels] // biome-ignore format: one row
        }),
    ),
  )
}

function rowsOfGraph(outputs: ReadonlyMap<string, Tensor>, l: number): Row[][] {
  const numbers = (name: string, b: number, k: number): number[] => {
    const { shape, data } = outputs.get(`${name}_${l}`) as Tensor
    const [, count = 0, size = 1] = shape
    return Array.from(data.slice((b * count + k) * size, (b * count + k + 1) * size) as Float64Array)
  }
  const [batch = 0, count = 0] = outputs.get(`exists_${l}`)?.shape ?? []
  const all = ['index', 'isLast', 'cell', 'anchor', 'box', 'objectness', 'boxWeight', 'classWeight']
  return Array.from({ length: batch }, (_, b) => {
    const here = [...Array(count).keys()].filter((k) => numbers('exists', b, k)[0] === 1)
    return inOrder(
      here.map((k) => {
        const own = all.flatMap((name) => numbers(name, b, k))
        return own.at(-1) === 1 ? [...own, ...numbers('classLabels', b, k)] : own
      }),
    )
  })
}

let given: Batch[] = []
beforeAll(async () => {
  given = (await allBatches()).filter(({ name }) => name === 'probe-odd-masks')
})

const of = (name: Spec['profile'], changes: Spec['changes'] = {}): Spec => ({ profile: name, changes })

/** Every profile, and every value of the rules about which row finds what, with those it is most different in. */
const specs: readonly Spec[] = [
  ...profileNames.map((name) => of(name)),
  ...valuesOf('assignment').map((assignment) => of('david8862', { assignment: assignment as never })),
  ...valuesOf('sharedBox').map((sharedBox) =>
    of('mmdetection', { sharedBox, assignment: 'above', sharedClass: 'all' }),
  ),
  ...valuesOf('ignoreBoxes').map((ignoreBoxes) => of('yunyang', { ignoreBoxes, pixels: 'float32' })),
  ...valuesOf('maskOf').map((maskOf) => of('gluon-cv', { maskOf, atThreshold: 'ignored' })),
]

describe.each(['static', 'loop'] as const)('the %s form finds what the reference finds', (form) => {
  it.each(specs.map((spec) => [spelledSpec(spec), spec] as const))('%s', async (_, spec) => {
    const semantics = semanticsOfSpec(spec)
    for (const batch of given) {
      const evaluator = new Evaluator(inputOf(batch))
      const outputs = await foundBy(batch, form, spec)
      const masks = evaluator.masks(semantics)
      for (const l of evaluator.scales.keys()) {
        expect([batch.name, l, rowsOfGraph(outputs, l)]).toEqual([batch.name, l, rowsOfReference(evaluator, l, spec)])
        const κ = outputs.get(`mask_${l}`)
        if (semantics.maskOf !== 'none') expect([batch.name, l, Array.from(κ?.data as Float64Array)]).toEqual([batch.name, l, Array.from(masks[l] as Uint8Array)]) // biome-ignore format: one row
      }
    }
  })
})
