import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import type { Tensor } from '../../src/io/tensor.js'
import { decodeModel, encodeForeign } from '../../src/onnx/proto/codec.js'
import type { GraphProto } from '../../src/onnx/proto/messages.js'
import type { Feeds } from '../../src/runtime/feeds.js'
import { evaluateModel } from '../../src/runtime/session.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { feedsOf, float32sOf, graphBytes, readFixture } from '../support/cases.js'
import { yoloLossHere } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const path = (name: string) => join(root, name)

/** A configuration of one's own, which no fixture has. */
const own = {
  anchors: [
    [12, 18],
    [30, 44],
    [61, 80],
    [100, 70],
  ],
  anchorMask: [
    [2, 3],
    [0, 1],
  ],
  classes: 3,
}

async function written(name: string, config: ConfigInput, change: (graph: GraphProto) => void = () => {}) {
  const model = decodeModel(graphBytes(config), name)
  change(model.graph as GraphProto)
  await writeFile(path(name), encodeForeign(model))
  return path(name)
}

const verify = (...args: string[]) => yoloLossHere(['verify', ...args])

/** Turns every Sub of a graph around whose name matches. */
const turned = (pattern: RegExp) => (graph: GraphProto) => {
  const subs = graph.node.filter(({ opType, name }) => opType === 'Sub' && pattern.test(name))
  expect(subs.length).toBeGreaterThan(0)
  for (const sub of subs) sub.input = [...sub.input].reverse()
}

/** Calls values at the border of a graph by other names. */
function called(graph: GraphProto, names: Readonly<Record<string, string>>): void {
  const other = (name: string) => names[name] ?? name
  for (const value of [...graph.input, ...graph.output]) value.name = other(value.name)
  for (const node of graph.node) [node.input, node.output] = [node.input.map(other), node.output.map(other)]
}

/** Writes arrays by their names. */
const writeArrays = async (name: string, arrays: Feeds) =>
  writeFile(
    path(name),
    await encodeNpz(Object.entries(arrays).map(([own, tensor]) => ({ name: own, tensor: tensor as Tensor }))),
  )

const bare = (bytes: Uint8Array) => encodeForeign({ ...decodeModel(bytes, 'm'), metadataProps: [] })

describe('yolo-loss verify graph.onnx', () => {
  it('runs a graph of any configuration on cases made for it', async () => {
    const file = await written('own.onnx', { ...own, components: true, masks: true, gradients: true })
    const { code, stdout } = await verify(file)
    expect(stdout).toMatch(/^generated-0\/boxes +17\/17 .*PASS$/m)
    expect(stdout).toMatch(/^102 passed, 0 failed$/m)
    expect(code).toBe(0)
  })

  it('fails a graph with a wrong gradient, and one with a wrong term where only the loss is an output', async () => {
    const slope = await written('slope.onnx', { ...own, gradients: true }, turned(/bce/))
    expect(await verify(slope)).toMatchObject({ code: 1 })
    const iou = await written('iou.onnx', own, turned(/iou/))
    expect(await verify(iou)).toMatchObject({ code: 1 })
  })

  it('leaves nothing out in silence: what cannot be compared makes the verdict incomplete', async () => {
    const file = await written('extra.onnx', own, (graph) => {
      const [value] = graph.output
      graph.node.push({
        ...graph.node[0],
        opType: 'Identity',
        name: 'x',
        input: ['loss'],
        output: ['other'],
        attribute: [],
      } as never)
      graph.output.push({ ...value, name: 'other' } as never)
    })
    const run = await verify(file)
    expect(run.code).toBe(6)
    expect(run.stdout).toContain('INCOMPLETE: nothing to compare with for "other" (let it pass: --allow-uncompared)')
    expect(run.stdout).toMatch(/6 passed, 0 failed, 6 not compared\n$/)
    expect(JSON.parse((await verify(file, '--json')).stdout)).toMatchObject({ verdict: 'incomplete', exitCode: 6 })
    expect((await verify(file, '--allow-uncompared')).code).toBe(0)
  })

  it('judges a foreign graph by a configuration and by names that are given', async () => {
    const file = path('foreign.onnx')
    const model = decodeModel(graphBytes({ ...own, layout: 'nchw' }), 'm')
    called(model.graph as GraphProto, { y_pred_0: 'p5', y_pred_1: 'p4', y_true_0: 't5', y_true_1: 't4', loss: 'out' })
    await writeFile(file, encodeForeign({ ...model, metadataProps: [] }))
    await writeFile(path('own.json'), JSON.stringify({ ...own, layout: 'nchw' }))
    const names = ['--inputs', 'p5=y_pred_0,p4=y_pred_1,t5=y_true_0,t4=y_true_1', '--outputs', 'out=loss']
    expect(await verify(file, '--config', path('own.json'), ...names)).toMatchObject({ code: 0 })
    const unnamed = await verify(file, '--config', path('own.json'))
    expect(unnamed).toMatchObject({ code: 2, stdout: '' })
    expect(unnamed.stderr).toContain('it has no input "y_pred_0", "y_pred_1", "y_true_0", "y_true_1"')
    expect(await verify(file, '--config', path('own.json'), '--inputs', 'p6=y_pred_0')).toMatchObject({ code: 2 })
    const unsaid = await verify(file)
    expect(unsaid).toMatchObject({ code: 2, stdout: '' })
    expect(unsaid.stderr).toContain(
      'it does not say what it computes\n  hint: say it with --config FILE or --preset NAME',
    )
  })

  it('refuses a configuration that contradicts what the graph says of itself', async () => {
    const file = await written('own.onnx', own)
    const run = await verify(file, '--preset', 'yolov3-coco')
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain('"anchors": is [[10,13]')
    const twice = await verify(await written('two.onnx', { ...own, components: true }), '--outputs', 'loss=xy_0')
    expect(twice).toMatchObject({ code: 2, stdout: '' })
    expect(twice.stderr).toContain('two.onnx "xy_0"')
    await writeFile(path('same.json'), JSON.stringify(own))
    expect(await verify(file, '--config', path('same.json'))).toMatchObject({ code: 0 })
  })

  it('names the outputs that its configuration asks for and a graph lacks', async () => {
    const file = await written('less.onnx', { ...own, components: true }, (graph) => {
      graph.output = graph.output.filter(({ name }) => name !== 'loss' && name !== 'wh_1')
    })
    expect((await verify(file)).stdout).toContain('expected outputs that the graph does not have: "loss", "wh_1"')
  })

  it('compares foreign graphs with others of their names and of ours', async () => {
    const [ours, theirs] = [await written('ours.onnx', own), path('theirs.onnx')]
    const model = decodeModel(graphBytes(own), 'm')
    called(model.graph as GraphProto, { y_pred_0: 'p', loss: 'out' })
    await writeFile(theirs, encodeForeign(model))
    const names = ['--inputs', 'p=y_pred_0', '--outputs', 'out=loss', '--random', '1']
    expect(await verify(theirs, ...names, '--against', ours)).toMatchObject({ code: 0 })
    const both = await verify(theirs, ...names, '--against', theirs)
    expect(both.stdout).toMatch(/2 passed, 0 failed\n$/)
  })

  it('keeps decoded heads with tolerances that can be read', async () => {
    const file = await written('head.onnx', { ...own, graph: 'head' })
    expect(await verify(file, '--keep', path('heads'))).toMatchObject({ code: 0 })
    expect(await verify(path('heads'))).toMatchObject({ code: 0 })
    expect((await verify(file, file, '--keep', path('heads'))).stderr).toContain(
      '--keep: has room for the cases of one',
    )
  })

  it('keeps no case in the place of one that it has not made', async () => {
    const file = await written('head.onnx', { ...own, graph: 'head' })
    const kept = path('others')
    const made = JSON.stringify({ title: 'of somebody else' })
    await mkdir(join(kept, '0-0'), { recursive: true })
    await writeFile(join(kept, '0-0', 'case.json'), made)
    await writeFile(join(kept, '0-0', 'model.onnx'), '')
    const { code, stderr } = await verify(file, '--random', '1', '--keep', kept)
    expect([code, stderr]).toEqual([3, expect.stringContaining('holds a case that --keep has not made')])
    expect(readFileSync(join(kept, '0-0', 'case.json'), 'utf8')).toBe(made)
  })

  it('tells the cases of two graphs apart, which have the same names', async () => {
    const [one, two] = [await written('one.onnx', own), await written('two.onnx', { ...own, components: true })]
    const { code, stdout } = await verify(one, two, '--random', '1')
    expect(code).toBe(0)
    expect(stdout).toContain(`${one} random/0-0 `)
    expect(stdout).toContain(`${two} random/0-0 `)
    const page = JSON.parse((await verify(one, two, '--random', '1', '--json')).stdout)
    expect(new Set(page.cases.map((of: { case: string }) => of.case)).size).toBe(2)
  })

  it('refuses what would be ignored', async () => {
    const file = await written('head.onnx', { ...own, graph: 'head' })
    for (const given of [
      ['--form', 'loop'],
      ['--opset', '18'],
    ])
      expect(await verify(file, ...given)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`${given[0]}: is about graphs that are built`),
      })
    expect(await verify(file, '--repro', path('repro'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--repro: writes what --layerwise finds'),
    })
  })

  it('refuses what is about a graph where there is none', async () => {
    expect(await verify('--preset', 'yolov3-coco')).toMatchObject({ code: 2, stdout: '' })
    expect((await verify(root, '--random', '2')).stderr).toContain('--random: is about a graph, and there is none')
  })

  it('runs random scenes of a seed, and keeps what it made as cases that pass on their own', async () => {
    const file = await written('own.onnx', { ...own, components: true })
    const first = await verify(file, '--random', '4', '--seed', '7', '--keep', path('kept'))
    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toMatch(/^random\/7-3 +13\/13 .*PASS$/m)
    expect(readdirSync(path('kept')).sort()).toEqual(['7-0', '7-1', '7-2', '7-3'])
    const again = await verify(path('kept'))
    expect(again).toMatchObject({ code: 0 })
    expect(again.stdout).toMatch(/52 passed, 0 failed\n$/)
  })
})

describe('yolo-loss verify graph.onnx on data', () => {
  const scene = async () => {
    const { logits, labels } = float32sOf(await readFixture('non-square'))
    return feedsOf(logits, labels)
  }
  const configOfData = async () => (await readFixture('non-square')).info.config as ConfigInput

  it('compares with the reference, and with outputs that the data hold', async () => {
    const feeds = await scene()
    const config = await configOfData()
    const file = await written('data.onnx', { ...config, components: true })
    const outputs = await evaluateModel(graphBytes({ ...config, components: true }), feeds)
    const loss = outputs.get('loss') as Tensor
    await writeArrays('batch.npz', { ...feeds, loss })
    const run = await verify(file, '--data', path('batch.npz'), '--all')
    expect(run.stdout).toMatch(/^batch +loss +cpu .*PASS$/m)
    expect(run.stdout).toMatch(/^batch against .*batch\.npz +loss +cpu .*PASS$/m)
    expect(run.code).toBe(0)
    await writeArrays('wrong.npz', { ...feeds, loss: { ...loss, data: Float32Array.of(1) } as Tensor })
    expect((await verify(file, '--data', path('wrong.npz'))).code).toBe(1)
  })

  it('compares two graphs, beside the reference or without it', async () => {
    const feeds = await scene()
    const config = await configOfData()
    await writeArrays('inputs.npz', feeds)
    const [a, b] = [await written('a.onnx', config), await written('b.onnx', { ...config, form: 'loop' })]
    const wrong = await written('wrong.onnx', config, turned(/wh/))
    const data = ['--data', path('inputs.npz')]
    const both = await verify(a, ...data, '--against', b)
    expect(both).toMatchObject({ code: 0 })
    expect(both.stdout).toMatch(/2 passed, 0 failed\n$/)
    expect((await verify(a, ...data, '--against', b, '--no-reference')).stdout).toMatch(/1 passed, 0 failed\n$/)
    expect(await verify(a, ...data, '--against', wrong)).toMatchObject({ code: 0 }) // a square does not mind the sign
    const other = await written('other.onnx', { ...config, weights: { conf: 2 } })
    const apart = await verify(a, ...data, '--against', other, '--all')
    expect(apart.code).toBe(1)
    expect(apart.stdout).toMatch(new RegExp(`^inputs against ${basename(other)} +loss .*FAIL$`, 'm'))
  })
})

describe('without metadata', () => {
  it('a graph is judged by the preset that is named', async () => {
    const file = path('bare.onnx')
    await writeFile(file, bare(graphBytes({ preset: 'yolov3-tiny-coco', classes: 80 })))
    expect(await verify(file, '--preset', 'yolov3-tiny-coco')).toMatchObject({ code: 0 })
    expect(await verify(file, '--preset', 'yolov3-coco')).toMatchObject({ code: 2 })
  })
})
