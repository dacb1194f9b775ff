import { describe, expect, it } from 'vitest'
import type { Model, Node } from '../../../src/onnx/graph/model.js'
import { sumBound } from '../../../src/reference/rounding.js'
import type { ConfigInput } from '../../../src/yolo/config/config.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { longest, stagesOf } from '../../../src/yolo/sums/staged.js'

const product = (xs: readonly number[]) => xs.reduce((a, b) => a * b, 1)

/** Numbers added one after another in float32, in stages along the last axis. */
function inStages(numbers: Float32Array, stages: readonly number[]): number {
  return stages.reduceRight((rest, length) => {
    const sums = new Float32Array(rest.length / length)
    rest.forEach((x, i) => {
      const at = Math.floor(i / length)
      sums[at] = Math.fround((sums[at] as number) + x)
    })
    return sums
  }, numbers)[0] as number
}

describe('the stages of a sum', () => {
  it.each([1, 2, 8, 10, 11, 37, 80, 85, 507, 601, 8112, 85176])('of %i numbers are short and hold them', (n) => {
    const stages = stagesOf(n, longest)
    expect(Math.max(...stages)).toBeLessThanOrEqual(longest)
    expect(product(stages)).toBeGreaterThanOrEqual(n)
    expect(product(stages)).toBeLessThan(1.5 * n + longest)
  })

  it('keep equal numbers within the bound, added one after another', () => {
    for (const n of [10, 100, 5000, 85176])
      for (const value of [Math.LN2, 0.1, 1 / 3, 2.7653, 0.5543552, 1.0000001]) {
        const stages = stagesOf(n, longest)
        const numbers = new Float32Array(product(stages)).fill(value, 0, n)
        const whole = n * Math.fround(value)
        expect(Math.abs(inStages(numbers, stages) / whole - 1), `${n} times ${value}`).toBeLessThan(sumBound(n))
      }
    expect(sumBound(1e6)).toBeLessThan(2e-6)
  })

  it('are what keeps them there', () => {
    const numbers = new Float32Array(85176).fill(Math.LN2)
    expect(Math.abs(inStages(numbers, [numbers.length]) / (85176 * Math.fround(Math.LN2)) - 1)).toBeGreaterThan(1e-5)
  })
})

/** The float32 sums that outputs are made from, each with the sizes of what it adds up. */
function sumsBehind({ body }: Model, outputs: readonly string[]): (readonly (number | string)[])[] {
  const makers = new Map(body.nodes.flatMap((node) => node.outputs.map((name): [string, Node] => [name, node])))
  const types = new Map([...body.inputs, ...body.values, ...body.outputs].map((v) => [v.name, v]))
  const ints = new Map(body.initializers.map((i) => [i.name, [...i.tensor.data].map(Number)]))
  const seen = new Set<Node>()
  const visit = (name: string): void => {
    const node = makers.get(name)
    if (!node || seen.has(node)) return
    seen.add(node)
    node.inputs.forEach(visit)
  }
  outputs.forEach(visit)
  return [...seen].flatMap(({ op, inputs: [x = '', axes = ''] }) => {
    const type = types.get(x)
    if (op !== 'ReduceSum' || type?.dtype !== 'float32') return []
    return [(ints.get(axes) ?? []).map((axis) => type.shape[axis] ?? 'unknown')]
  })
}

const base: ConfigInput = { preset: 'yolov3-tiny-coco' }
const cases = (['compact', 'static', 'loop'] as const).flatMap((form) =>
  (['batch-mean', 'none'] as const).flatMap((reduction) =>
    [false, true].map((components) => [form, reduction, components] as const),
  ),
)

it.each(cases)('%s, %s, components %s: no sum of terms is longer', (form, reduction, components) => {
  const sizes = form === 'static' ? { batch: 40, input: [320, 416] as const } : {}
  const model = lossModel(resolveConfig({ ...base, form, reduction, components, diagnostics: true, ...sizes }))
  const terms = /^(loss|entropy_floor|(xy|wh|conf|class)_\d)$/
  const sums = sumsBehind(
    model,
    model.body.outputs.map((v) => v.name).filter((name) => terms.test(name)),
  )
  expect(sums.length).toBeGreaterThan(5)
  for (const sizes of sums) {
    // What two fillings with zeros leave of a length that is not known: 1 for 8⁷ numbers, or for 8⁶ in each line.
    for (const size of sizes.slice(1)) expect(size).toMatch(/^\(⌊\(⌊.*\/(4096|512)⌋\+1\)\/512⌋\+1\)$/)
    expect(sizes[0]).toBeLessThanOrEqual(longest)
  }
})
