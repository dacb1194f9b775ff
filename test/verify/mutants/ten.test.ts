import { beforeAll, describe, expect, it } from 'vitest'
import { type Model, type Node, operation } from '../../../src/onnx/graph/model.js'
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { presets } from '../../../src/yolo/config/presets.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { lossModel } from '../../../src/yolo/loss.js'
import { after, before, type Change, changed, type Site, scalarOf, sitesOf } from '../../others/mutants/sites.js'
import { Verifier } from '../../support/verdict.js'

/** A fault that people make, at a node of the compact form. */
interface Fault {
  readonly at: string
  readonly change: (site: Site) => Change
}

const swapped = ({ node }: Site): Change => ({ nodes: [{ ...node, inputs: node.inputs.toReversed() }] })

const withOperator =
  (op: string) =>
  ({ node }: Site): Change => ({ nodes: [{ ...node, op }] })

/** Something done to an input, with a number. */
const guarded =
  (index: number, op: string, value: number) =>
  (site: Site): Change => {
    const constant = scalarOf(site, 'guard', 'float32', value)
    return { nodes: before(site, index, (a, b) => [operation(op, [a, constant.name], b)]), constants: [constant] }
  }

const inHalf = (site: Site): Change => ({
  nodes: after(site, (a, b) => [
    operation('Cast', [a], `${b}/half`, { to: { int: 10 } }),
    operation('Cast', [`${b}/half`], b, { to: { int: 1 } }),
  ]),
})

/** The smallest of the anchors 1 % too wide, in the boxes that are predicted alone. */
const wideAnchor = (site: Site): Change => {
  const [name = ''] = site.node.inputs
  const tensor = site.constant(name)
  const data = Float32Array.from(tensor?.data as Float32Array)
  const areas = Array.from({ length: data.length / 2 }, (_, i) => (data[2 * i] as number) * (data[2 * i + 1] as number))
  const least = 2 * areas.indexOf(Math.min(...areas))
  data[least] = (data[least] as number) * 1.01
  const own = { name: 'mutant/anchors', tensor: { dtype: 'float32', shape: tensor?.shape ?? [], data } } as const
  return { nodes: [{ ...site.node, inputs: [own.name, ...site.node.inputs.slice(1)] }], constants: [own] }
}

const faults: Readonly<Record<string, Fault>> = {
  'wh not divided by the batch in the gradient': {
    at: 'gradient/Concat',
    change: (site) => ({ nodes: before(site, 1, (a, b) => [operation('Mul', [a, 'normalizer/Cast'], b)]) }),
  },
  'the slope of the background without its σ': {
    at: 'background/bce/Div',
    change: ({ node }) => ({ nodes: [{ ...node, inputs: [node.inputs[1] ?? '', node.inputs[1] ?? ''] }] }),
  },
  'the value of xy for its slope': {
    at: 'objects/xy/Mul_1',
    change: ({ node, maker }) => ({ nodes: [{ ...node, inputs: (maker('objects/xy/Mul') as Node).inputs }] }),
  },
  '≤ for < at the threshold': { at: 'ignore/Less', change: withOperator('LessOrEqual') },
  '1e-7 in the union': { at: 'ignore/iou/Div', change: guarded(1, 'Add', 1e-7) },
  'an overlap that is not cut at 0': {
    at: 'ignore/iou/Max_1',
    change: ({ node }) => ({ nodes: [operation('Identity', node.inputs.slice(0, 1), node.outputs[0] ?? '')] }),
  },
  'exp capped at 4': { at: 'ignore/decode/Exp', change: guarded(0, 'Min', 4) },
  'the IoU in float16': { at: 'ignore/iou/Div', change: inHalf },
  'one small anchor 1 % too wide': { at: 'ignore/Reshape', change: wideAnchor },
  'the first cell of the search on the other side': { at: 'ignore/candidates/Sub_1', change: swapped },
  'the last cell of the search before the first': { at: 'ignore/candidates/Sub_2', change: swapped },
}

function faulty(model: Model, { at, change }: Fault): Uint8Array {
  const site = sitesOf(model).find(({ node }) => node.name === at)
  if (!site) throw new Error(`the graph has no node ${at}`)
  return encodeModel(changed(model, site, change(site)))
}

// Of the loss alone and its gradients, as users export it.
describe.each(Object.keys(presets) as (keyof typeof presets)[])('verify of %s', (preset) => {
  const config = resolveConfig({ preset, gradients: true })
  const model = lossModel(config)
  let verifier: Verifier

  beforeAll(async () => {
    verifier = await Verifier.of(model, config)
  }, 60_000)

  it('passes the graph', async () => {
    expect(await verifier.judge(encodeModel(model))).toBeUndefined()
  })

  it.each(Object.entries(faults))('catches %s', async (_, fault) => {
    expect(await verifier.judge(faulty(model, fault))).toMatch(/^generated/)
  })
})
