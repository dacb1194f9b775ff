import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attachLoss } from '../../src/attach/attach.js'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { readArrays } from '../../src/io/arrays/read.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import { readModel } from '../../src/onnx/proto/read.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { tinyConfig, tinyDetector } from '../attach/detector.js'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { unstamped } from '../support/faults.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const base = { preset: 'yolov3-tiny-voc', classes: 3 }
const size = [64, 96] as const
const lines = 'a.jpg 10,20,60,50,1 30,12,41,33,2\nb.jpg\nc.jpg 0,0,90,60,0\n'
const rows = [
  [
    [10, 20, 60, 50, 1],
    [30, 12, 41, 33, 2],
  ],
  [],
  [[0, 0, 90, 60, 0]],
]

const path = (name: string) => join(root, name)
await writeFile(path('train.txt'), lines)
const logits = [0, 1].map((l) => {
  const shape = [3, 2 * 2 ** l, 3 * 2 ** l, 24]
  return float32(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * 37) % 23) / 11 - 1),
  )
})
const save = async (name: string, arrays: Record<string, Tensor>) =>
  writeFile(path(name), await encodeNpz(Object.entries(arrays).map(([key, tensor]) => ({ name: key, tensor }))))
await save('pred.npz', { y_pred_0: logits[0] as Tensor, y_pred_1: logits[1] as Tensor })

const boxes = (numbers: number, change = (own: number[][][]) => own) => {
  const own = change(structuredClone(rows))
  const most = Math.max(...own.map((image) => image.length))
  const flat = own.flatMap((image) => Array.from({ length: most }, (_, t) => image[t] ?? Array(numbers).fill(0)))
  return float32([own.length, most, numbers], flat.flat())
}
const graph = async (name: string, options: object) => writeFile(path(name), graphBytes({ ...base, ...options }))
await graph('boxes.onnx', { labels: 'boxes' })
await graph('dense.onnx', {})
await graph('weighted.onnx', { labels: 'weighted-boxes' })
await graph('fixed.onnx', { labels: 'boxes', form: 'static', batch: 3, input: size, maxBoxes: 4 })
await graph('targets.onnx', { graph: 'targets', input: size })

const annotations = ['--annotations', path('train.txt'), '--image-size', '64x96']
const lossIn = (text: string) => Number(/^loss = (\S+)/m.exec(text)?.[1])

describe('eval with annotations', async () => {
  const dense = await yoloLoss(['eval', path('dense.onnx'), path('pred.npz'), ...annotations])

  it.each(['boxes', 'weighted', 'fixed'])('gives the loss of the labels they make: %s', async (name) => {
    const own = await yoloLoss(['eval', path(`${name}.onnx`), path('pred.npz'), ...annotations])
    expect([own.code, dense.code]).toEqual([0, 0])
    expect(Math.abs(lossIn(own.stdout) / lossIn(dense.stdout) - 1)).toBeLessThan(3e-6)
    expect(own.stdout).toContain('boxes_refused = 0')
  })

  it('wants as many images as the batch has, which --skip and --take choose', async () => {
    const few = await yoloLoss(['eval', path('boxes.onnx'), path('pred.npz'), ...annotations, '--take', '2'])
    expect([few.code, few.stderr]).toEqual([3, expect.stringContaining('2 images of annotations for a batch of 3')])
    const two = [path('train.txt'), path('train.txt')]
    const chosen = ['--annotations', ...two, '--image-size', '64x96', '--skip', '3', '--take', '3']
    const again = await yoloLoss(['eval', path('boxes.onnx'), path('pred.npz'), ...chosen])
    expect(lossIn(again.stdout)).toBe(lossIn(dense.stdout))
  })

  it('fills an array up to the rows of the graph, and names the image that has more', async () => {
    await save('own.npz', { boxes: boxes(5) })
    const own = await yoloLoss(['eval', path('fixed.onnx'), path('pred.npz'), path('own.npz')])
    expect(Math.abs(lossIn(own.stdout) / lossIn(dense.stdout) - 1)).toBeLessThan(3e-6)
    await save('many.npz', { boxes: boxes(5, ([a, b, c = []]) => [a ?? [], b ?? [], [...c, ...c, ...c, ...c, ...c]]) })
    const many = await yoloLoss(['eval', path('fixed.onnx'), path('pred.npz'), path('many.npz')])
    expect([many.code, many.stderr]).toEqual([3, expect.stringContaining('image 2 has 5 boxes, and the graph takes 4')])
  })

  it('says which box makes the loss NaN, and that one is overwritten', async () => {
    await save('odd.npz', {
      boxes: boxes(5, ([a = [], ...rest]) => [[...a, a[0] ?? [], [10, 20, 60, 50, 3]], ...rest]),
    })
    const odd = await yoloLoss(['eval', path('boxes.onnx'), path('pred.npz'), path('odd.npz')])
    expect(odd.code).toBe(1)
    expect(odd.stdout).toContain('loss is NaN because boxes[0][3] is refused: class 3 is not below the 3 classes')
    expect(odd.stdout).toMatch(/note: boxes\[0\]\[0\] is overwritten .* by boxes\[0\]\[2\]/)
  })

  it('says that a box is refused where only the graph can tell', async () => {
    await save('weightless.npz', {
      boxes: boxes(6, (own) => own.map((image) => image.map((row) => [...row, Number.NaN]))),
    })
    const odd = await yoloLoss(['eval', path('weighted.onnx'), path('pred.npz'), path('weightless.npz')])
    expect([odd.code, odd.stdout]).toEqual([
      1,
      expect.stringContaining('loss is NaN because boxes[0][0] is refused (3'),
    ])
    expect(odd.stdout).not.toContain('no label or logit is to blame')
  })

  it('letterboxes into the picture of a detector, and tells of boxes that vanish', async () => {
    const config = resolveConfig({ ...tinyConfig, labels: 'boxes' })
    await writeFile(path('attached.onnx'), attachLoss(tinyDetector(), config).bytes)
    const image = float32([3, 3, 96, 64], new Float32Array(3 * 3 * 96 * 64))
    await save('image.npz', { [readModel(tinyDetector(), 'd').inputs[0]?.name as string]: image })
    await writeFile(path('small.txt'), `${lines.trim().replace(',2\nb', ',1\nb')} 2,2,3,3,0\n`)
    const how = ['--annotations', path('small.txt'), '--image-size', '192x128']
    const run = await yoloLoss(['eval', path('attached.onnx'), path('image.npz'), ...how])
    expect([run.code, run.stderr]).toEqual([
      0,
      expect.stringContaining('line 3, box 2: a box has no width in the network input'),
    ])
    expect(Number.isFinite(lossIn(run.stdout))).toBe(true)
    const none = await yoloLoss(['eval', path('attached.onnx'), ...how])
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('yolo-loss targets --labels boxes')])
  })

  it('of targets alone, and ends with 1 where a box is refused', async () => {
    const fine = await yoloLoss(['eval', path('targets.onnx'), ...annotations])
    const odd = await yoloLoss(['eval', path('targets.onnx'), path('odd.npz')])
    expect([fine.code, odd.code]).toEqual([0, 1])
  })
})

describe('the bound of the static form', () => {
  const shape = ['--form', 'static', '--batch', '3', '--input', '64x96', '--labels', 'boxes']
  const exported = ['export', '--preset', 'yolov3-tiny-voc', '--classes', '3', ...shape, '-o', path('bound.onnx')]

  it('is that of annotations with --max-boxes-of', async () => {
    const run = await yoloLoss([...exported, '--max-boxes-of', path('train.txt')])
    expect(run.code).toBe(0)
    expect((await yoloLoss(['inspect', path('bound.onnx')])).stdout).toContain('boxes float32[3,2,5]')
    const twice = await yoloLoss([...exported, '--max-boxes', '4', '--max-boxes-of', path('train.txt')])
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('"maxBoxes" is given twice') })
  })

  it('is told where the data need far less', async () => {
    await yoloLoss(exported)
    const { code, stderr } = await yoloLoss(['eval', path('bound.onnx'), path('pred.npz'), ...annotations])
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^note: .*train\.txt: the graph has room .* \(room 100, boxes 2\)\n {2}hint: .*--max-boxes 2, which is faster\n$/,
    )
  })
})

describe('verify', () => {
  it('holds annotations to the reference', async () => {
    const run = await yoloLoss(['verify', path('boxes.onnx'), '--data', path('pred.npz'), ...annotations])
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('3 passed, 0 failed')])
    const alone = await yoloLoss(['verify', path('boxes.onnx'), ...annotations])
    expect([alone.code, alone.stderr]).toEqual([3, expect.stringContaining('neither "y_pred_0" nor one array')])
    const targets = await yoloLoss(['verify', path('targets.onnx'), ...annotations])
    expect([targets.code, targets.stdout]).toEqual([0, expect.stringContaining('4 passed, 0 failed')])
    const none = await yoloLoss(['eval', path('targets.onnx')])
    expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('the data: no value for input "boxes"')])
  })

  it.each([
    ['padding', { padding: 'anywhere' }, 'misread'],
    ['badBoxes', { badBoxes: 'drop' }, 'class'],
    [
      'labels',
      {
        anchorMask: [
          [3, 4, 5],
          [0, 1, 2],
        ],
      },
      'boxes',
    ],
  ])('finds a graph whose %s is another than said', async (_, options, name) => {
    await writeFile(path('other.onnx'), unstamped(graphBytes({ ...base, labels: 'boxes', ...options })))
    await writeFile(path('said.json'), JSON.stringify(resolveConfig({ ...base, labels: 'boxes' })))
    const { stdout, code } = await yoloLoss(['verify', path('other.onnx'), '--config', path('said.json')])
    const failed = stdout.split('\n').filter((line) => line.endsWith('FAIL'))
    expect([code, failed.some((line) => line.includes(name))]).toEqual([1, true])
  })
})

describe('targets', () => {
  it('writes boxes for a graph from boxes, with an objectness where it wants one', async () => {
    const run = ['targets', path('train.txt'), '--preset', 'yolov3-tiny-voc', '--classes', '3', '--input', '64x96']
    const common = [...run, '--image-size', '64x96']
    await yoloLoss([...common, '--labels', 'boxes', '-o', path('b.npz')])
    await yoloLoss([...common, '--labels', 'weighted-boxes', '-o', path('w.npz')])
    const [plain, weighted] = [await readArrays(path('b.npz')), await readArrays(path('w.npz'))]
    expect(plain.get('boxes')).toEqual(boxes(5))
    expect(weighted.get('boxes')?.shape).toEqual([3, 2, 6])
    const back = await yoloLoss(['targets', path('w.npz'), ...common.slice(2), '-o', path('y.npz')])
    expect(back.code).toBe(0)
    const [coarsest] = assignTargets(boxes(5), size, resolveConfig(base))
    expect((await readArrays(path('y.npz'))).get('y_true_0')).toEqual(coarsest)
    expect((await readFile(path('y.npz'))).length).toBeGreaterThan(100)
  })
})
