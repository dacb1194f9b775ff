import { describe, expect, it } from 'vitest'
import { decodeModel, encodeForeign } from '../../../src/onnx/proto/codec.js'
import { readModel } from '../../../src/onnx/proto/read.js'
import { runTask } from '../../../src/runtime/isolation/task.js'
import { caseConfig } from '../../../src/verify/cases/caseconfig.js'
import { inputCase } from '../../../src/verify/cases/generate/case.js'
import { generatedCases } from '../../../src/verify/cases/generate/generate.js'
import type { TestCase } from '../../../src/verify/cases/testcase.js'
import { verifyCase } from '../../../src/verify/judge/verify.js'
import { findCause } from '../../../src/verify/layers/cause.js'
import type { Side } from '../../../src/verify/layers/trace.js'
import { resolveConfig } from '../../../src/yolo/config/resolve.js'
import { graphBytes } from '../../support/cases.js'
import { type kinds, plant, plantShared, renameInner } from '../../support/faults.js'

const preset = { preset: 'yolov3-tiny-voc', components: true, masks: true }
const forms = {
  compact: resolveConfig(preset),
  static: resolveConfig({ ...preset, form: 'static', batch: 5, input: [96, 128], maxBoxes: 20 }),
}
type Form = keyof typeof forms

const graphs = { compact: graphBytes(forms.compact), static: graphBytes(forms.static) }
const caseOf = (form: Form): TestCase => {
  const [first] = generatedCases(readModel(graphs[form], form), forms[form])
  return inputCase(first ? [first.make()] : [], forms[form])
}
const cases = { compact: caseOf('compact'), static: caseOf('static') }

const side = (label: string, bytes: Uint8Array): Side => ({
  label,
  bytes,
  file: label,
  provider: 'cpu',
  optimization: 'disabled',
  runner: (task) => runTask(task),
})

/** What the search says of a graph on the first generated case. */
async function findingOf(form: Form, theirs: Uint8Array, ours = graphs[form]) {
  const [set] = cases[form].dataSets
  const { finding } = await findCause({
    ours: side('our own graph', ours),
    theirs: side('theirs.onnx', theirs),
    feeds: Object.fromEntries(set?.inputs.map(({ name, tensor }) => [name, tensor]) ?? []),
    tolerance: { rtol: 1e-5, atol: 0 },
    config: caseConfig(forms[form]),
  })
  return finding
}

/** Whether the case shows a fault, as `verify` judges it. */
async function fails(form: Form, bytes: Uint8Array): Promise<boolean> {
  const { rows } = await verifyCase(cases[form], { model: { bytes, file: 'theirs.onnx' } })
  expect(rows.flatMap(({ problem }) => problem?.message ?? [])).toEqual([])
  return rows.some(({ verdict }) => verdict === 'FAIL')
}

/** Faults that the first generated case shows, in every part of both forms. */
const faults: readonly (readonly [Form, keyof typeof kinds, string])[] = [
  ['compact', 'a changed constant', 'layer0/sizes/Mul'],
  ['compact', 'a changed constant', 'objects/entropies/bce/log1p/Add'],
  ['compact', 'a changed constant', 'wh/Mul_1'],
  ['compact', 'swapped operands', 'positives/Div_1'],
  ['compact', 'swapped operands', 'ignore/decode/Div'],
  ['compact', 'swapped operands', 'ignore/iou/Sub_1'],
  ['compact', 'swapped operands', 'objects/Where_1'],
  ['compact', 'a wrong axis', 'conf/ReduceSum_6'],
  ['static', 'a changed constant', 'objects/GatherND_4'],
  ['static', 'a changed constant', 'ignore/Less'],
  ['static', 'swapped operands', 'entropies/bce/Sub'],
  ['static', 'swapped operands', 'ignore/Div_2'],
  ['static', 'swapped operands', 'Where'],
  ['static', 'a wrong axis', 'ReduceSum_3'],
]

describe('a fault that makes a case fail', () => {
  it.each(faults)('in %s, %s at %s, is named', async (form, kind, name) => {
    const faulty = plant(graphs[form], name, kind) as Uint8Array
    expect(await fails(form, faulty)).toBe(true)
    const { kind: found, lines, first } = await findingOf(form, faulty)
    expect([found, first?.node.name]).toEqual([kind === 'swapped operands' ? 'node' : 'constant', name])
    expect(lines[0]).toContain(`${name} (`)
    expect(lines.join('\n')).toMatch(/with our values there.* every output agrees/)
  })

  it('is a constant by name, where several nodes read it', async () => {
    const { kind, constants, lines } = await findingOf('compact', plantShared(graphs.compact, 'const/float32_0'))
    expect([kind, constants]).toEqual(['constant', ['const/float32_0']])
    expect(lines[0]).toMatch(/^first wrong constant: "const\/float32_0", read first by ignore\//)
    expect(lines).toContain('its constant "const/float32_0" is float32[] 0.5, in the other float32[] 0')
  })

  it('has its worst element told: where, on what, and in words of the loss where it has any', async () => {
    const operands = plant(graphs.static, 'ignore/Less', 'swapped operands') as Uint8Array
    expect((await findingOf('static', operands)).lines).toEqual([
      expect.stringMatching(/^first wrong node: ignore\/Less \(Less\), node \d+ in topological order$/),
      'ignore/Less: 900 of 900 elements differ',
      expect.stringMatching(/^worst at \[0,0,0,0,0,0\]: our own graph 1, theirs.onnx 0, difference/),
      expect.stringMatching(/^reads ignore\/ReduceMax float32\[.*\] = .* there$/),
      expect.stringMatching(/^it reads \(.*\) where the other graph reads \(.*\)$/),
      'run alone on the same inputs it differs as well',
      'with our values there every output agrees',
      expect.stringMatching(
        /^theirs.onnx was held against our own graph of its configuration, both on cpu, not optimised: /,
      ),
    ])
    const sizes = plant(graphs.compact, 'layer0/sizes/Mul', 'a changed constant') as Uint8Array
    expect((await findingOf('compact', sizes)).lines.join('\n')).toMatch(
      /worst at \[0\] \(scale 0\): our own graph 128/,
    )
  })
})

describe('where values have other names', () => {
  const faulty = plant(graphs.compact, 'wh/Div', 'swapped operands') as Uint8Array

  it('outputs alone are compared, and that is said', async () => {
    let n = 0
    const names = new Map<string, string>()
    const renamed = (name: string) => names.get(name) ?? names.set(name, `v${n++}`).get(name) ?? ''
    const { kind, lines, first } = await findingOf('compact', renameInner(faulty, renamed))
    expect([kind, first]).toEqual(['outputs', undefined])
    expect(lines[0]).toBe('values of the graph have other names; first output that differs: wh_0')
    expect(lines).toContain('others that differ: loss')
  })

  it('of a part, the nodes are named of which one is to blame', async () => {
    const { kind, lines, among } = await findingOf(
      'compact',
      renameInner(plant(graphs.compact, 'ignore/iou/Sub_1', 'swapped operands') as Uint8Array, (name) =>
        name.startsWith('ignore/iou/') ? `fused/${name}` : name,
      ),
    )
    expect(kind).toBe('among')
    expect(among).toContain('fused/ignore/iou/Sub_1')
    expect(lines[0]).toMatch(/^first wrong value: that of .*; one of \d+ nodes made it so: fused\/ignore\/iou\//)
  })

  it('that mean other things, nothing is claimed', async () => {
    // Names of two like values are exchanged: each is right by itself.
    const pair = new Map([['xy/Div', 'wh/Div'], ['wh/Div', 'xy/Div']]) // biome-ignore format: pairs
    const swapped = renameInner(graphs.compact, (name) => pair.get(name) ?? name)
    const { kind } = await findingOf('compact', swapped)
    expect(['none', 'rounding', 'doubtful']).toContain(kind)
  })
})

describe('a graph that is ours', () => {
  it.each(['compact', 'static'] as const)('%s has no node to blame', async (form) => {
    const { kind, lines, first } = await findingOf(form, graphs[form])
    expect([kind, first]).toEqual(['none', undefined])
    expect(lines[0]).toMatch(/^no single node is to blame: not optimised, all \d+ values are those of our own graph/)
  })

  it('in another order of nodes has none either', async () => {
    const model = decodeModel(graphs.compact, 'model')
    model.graph?.node.reverse()
    expect(await findingOf('compact', encodeForeign(model))).toMatchObject({ kind: 'none' })
  })
})

describe('what rounding hides', () => {
  it('is named as another constant that differs by little', async () => {
    const model = decodeModel(graphs.compact, 'model')
    const reads = model.graph?.node.find(({ name }) => name === 'wh/Mul_1')?.input
    const constant = model.graph?.initializer.find(({ name }) => reads?.includes(name)) as { rawData: Uint8Array }
    const data = new Float32Array(constant.rawData.slice().buffer).map((x) => x * (1 + 1e-6))
    constant.rawData = new Uint8Array(data.buffer)
    const { kind, lines } = await findingOf('compact', encodeForeign(model))
    expect([kind, lines[0]]).toEqual([
      'constant',
      expect.stringMatching(/^first other constant: .* differ by less than 1e-5 of its/),
    ])
  })
})
