import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decodeNpz, encodeNpz } from '../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { Evaluator } from '../../src/reference/semantics/loops/evaluate.js'
import { probe } from '../../src/reference/semantics/probe/probe.js'
import { parseSpec, semanticsOfSpec } from '../../src/reference/semantics/profiles/spec.js'
import { termNames } from '../../src/reference/semantics/rules/terms.js'
import { fixtures } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const batch = join(root, 'probe.npz')
const made = await yoloLoss(['probe', '-o', batch])

/** The probe with what an implementation returns for it, by the names that it gives. */
async function result(file: string, spec: string, nameOf: (ours: string) => string = (ours) => ours): Promise<string> {
  const evaluator = new Evaluator(probe())
  const own = semanticsOfSpec(parseSpec(spec))
  const { loss, scales } = evaluator.outcome(own)
  const results: [string, Tensor][] = [
    ['loss', float32([], [loss])],
    ...scales.flatMap((scale, l) =>
      termNames.map((name): [string, Tensor] => [`${name}_${l}`, float32([], [scale[name]])]),
    ),
    ...evaluator
      .gradients(own)
      .map((g, l): [string, Tensor] => [`grad_y_pred_${l}`, float32(evaluator.input.logits[l]?.shape ?? [], g)]),
  ]
  const path = join(root, file)
  const arrays = await decodeNpz(await readFile(batch))
  const named = results.map(([name, tensor]) => [nameOf(name), tensor])
  await writeFile(path, await encodeNpz({ ...Object.fromEntries(arrays), ...Object.fromEntries(named) }))
  return path
}

/** The probe without its boxes. */
async function unlabelled(): Promise<string> {
  const { boxes: _, ...arrays } = Object.fromEntries(await decodeNpz(await readFile(batch)))
  const path = join(root, 'unlabelled.npz')
  await writeFile(path, await encodeNpz(arrays))
  return path
}

const withoutLabels = await unlabelled()

describe('semantics', () => {
  it('lists implementations and rules, for programs too', async () => {
    const { code, stdout } = await yoloLoss(['semantics'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^implementations\n {2}keras-yolo3 .*\n {2}darknet /)
    expect(stdout).toContain('atThreshold')
    const json = JSON.parse((await yoloLoss(['semantics', '--json'])).stdout)
    expect(json.profiles).toHaveLength(11)
    expect(json.rules[0].name).toBe('assignment')
  })

  it('says of one where its source says what it does', async () => {
    const { stdout } = await yoloLoss(['semantics', 'gluon-cv,atThreshold=ignored'])
    expect(stdout).toContain('size            l1                gluoncv/loss.py:260')
    expect(stdout).toContain('atThreshold     ignored           as asked for')
    expect(JSON.parse((await yoloLoss(['semantics', 'darknet', '--json'])).stdout).settings.size).toBe('half-squared')
  })

  it('shows on a case what a choice changes: terms, objects, masks and gradients', async () => {
    const args = ['semantics', 'keras-yolo3', 'darknet', '--data', `${fixtures}/two-boxes-one-cell-boxes`]
    const { code, stdout } = await yoloLoss(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}ignoreBoxes +scale +image$/m)
    expect(stdout).toMatch(/^ {2}loss +[\d.]+ +[\d.]+ +[\d.-]+$/m)
    const { rules, terms, cells } = JSON.parse((await yoloLoss([...args, '--json'])).stdout)
    expect(rules).toContainEqual({ name: 'reduction', a: 'batch', b: 'sum' })
    expect(terms[0]).toMatchObject({ scale: 0, term: 'xy' })
    expect(cells).toHaveLength(3)
  })

  it('of labels that are assigned already, says what they have lost', async () => {
    const { stderr } = await yoloLoss([
      'semantics',
      'keras-yolo3',
      'darknet',
      '--data',
      `${fixtures}/two-boxes-one-cell`,
    ])
    expect(stderr).toContain('labels have lost boxes')
  })

  it.each([
    ['gluon', 'is no semantics: there are keras-yolo3, darknet'],
    ['darknet,size=l3', 'size has no value \\"l3\\": it has half-squared'],
    ['darknet,whWeight=much', 'whWeight must be a number'],
    ['darknet,sise=l1', 'is no rule: there are assignment'],
    ['darknet,size', 'write RULE=VALUE'],
  ])('refuses %s, and says what there is', async (spec, words) => {
    const { code, stderr } = await yoloLoss(['semantics', spec])
    expect([code, stderr]).toEqual([2, expect.stringContaining(words.replaceAll('\\', ''))])
  })
})

describe('probe', () => {
  it('writes the same arrays each time, with the configuration that they are for', async () => {
    expect(made.code).toBe(0)
    const again = join(root, 'again.npz')
    await yoloLoss(['probe', '-o', again])
    expect((await readFile(again)).equals(await readFile(batch))).toBe(true)
    const arrays = await decodeNpz(await readFile(batch))
    expect(arrays.get('anchors')?.shape).toEqual([9, 2])
    expect(arrays.get('boxes')?.shape).toEqual([3, 8, 6])
  })
})

describe('identify', () => {
  it('is certain of one, by the names of the other side', { timeout: 300_000 }, async () => {
    const file = await result('mapped.npz', 'gluon-cv,ignoreBoxes=scale', (ours) =>
      ours.replace('grad_y_pred', 'grad').replace('conf', 'obj_loss'),
    )
    const { code, stdout } = await yoloLoss(['identify', file, '--map', 'grad_y_pred=grad,conf=obj_loss'])
    expect(stdout).toMatch(/^certain: this is gluon-cv's, but\n {2}ignoreBoxes is scale: .* \(gluon-cv: image\)\n/)
    expect(code).toBe(0)
  })

  it('names the nearest, and where it differs first', { timeout: 300_000 }, async () => {
    const file = await result(
      'nobodys.npz',
      // No weight of 3: that of the size would be the sum over the three images, which darknet's is.
      'paddledetection,xyWeight=1.37,backgroundWeight=0.9,classWeight=1.19,whWeight=3.3',
    )
    const { code, stdout } = await yoloLoss(['identify', file, '--json'])
    const report = JSON.parse(stdout)
    expect([code, report.certain, report.fitting]).toEqual([1, false, []])
    expect(report.nearest.semantics).toMatch(/^paddledetection/)
    expect(report.firstDifference).toMatchObject({ name: 'grad_y_pred_0', at: { image: 0, row: expect.any(Number) } })
  })

  it.each([
    ['nothing to identify', batch, [], 3, 'there is no result beside the batch'],
    ['a batch without labels', withoutLabels, [], 3, 'there are no labels'],
    ['an array that says nothing', '', ['--map', 'conf=nothing'], 3, 'is no result that is known'],
    ['a number that is none of the loss', batch, ['--free', 'speed'], 2, 'is no number of the loss'],
  ])('refuses %s', async (_, file, more, code, words) => {
    const path = file || (await result('unknown.npz', 'darknet', (ours) => (ours === 'loss' ? 'cots' : ours)))
    const run = await yoloLoss(['identify', path, ...more])
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(words)])
  })

  it('refuses a gradient with its axes in another order, and says which is wanted', async () => {
    const arrays = await decodeNpz(await readFile(batch))
    const path = join(root, 'nchw.npz')
    const grad = float32([3, 24, 4, 4], new Float32Array(3 * 24 * 16))
    await writeFile(path, await encodeNpz({ ...Object.fromEntries(arrays), grad_y_pred_0: grad }))
    const { code, stderr } = await yoloLoss(['identify', path])
    expect([code, stderr]).toEqual([3, expect.stringContaining('is [3,24,4,4], and must be [3,4,4,24]')])
  })
})
