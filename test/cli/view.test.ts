import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { type AnyTensor, float32 } from '../../src/io/index.js'
import { encodeModel } from '../../src/onnx/index.js'
import { Answers, readCase } from '../../src/verify/index.js'
import { unpack, type View } from '../../src/view/index.js'
import { type ConfigInput, lossModel, resolveConfig } from '../../src/yolo/index.js'
import { tinyConfig } from '../attach/detector.js'
import { sumBytes } from '../runtime/models.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { writeScenes } from '../support/pictures.js'
import { scratch, writeSum } from '../verify/cases.js'
import { fakeOrtWeb } from '../view/folder/fakeort.js'

const root = await scratch()
const at = (name: string) => join(root, name)
writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))
writeFileSync(at('names.txt'), 'cat\ndog\n')
writeFileSync(at('three.txt'), 'cat\ndog\nhen\n')
await writeScenes(root, 'seen', 3, 2, 1)
const tiny = ['--config', at('tiny.json')]

let seed = 3
const random = () => {
  seed = (seed * 48271) % 2147483647
  return seed / 2147483647
}
const numbers = (shape: readonly number[], of: () => number) =>
  float32(shape, Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, of))
const logitsOf = (batch: number, input = 64) =>
  Object.fromEntries([1, 2].map((n, l) => [`y_pred_${l}`, numbers([batch, (n * input) / 32, (n * input) / 32, 21], () => 4 * random() - 2)])) // biome-ignore format: one row
const boxes = float32([2, 2, 5], Float32Array.of(4, 4, 30, 50, 1, 5, 6, 20, 22, 0, 0, 0, 40, 40, 1, 0, 0, 0, 0, 0))
const save = async (name: string, arrays: Parameters<typeof encodeNpz>[0]) => writeFileSync(at(name), await encodeNpz(arrays)) // biome-ignore format: one row
const [logits, others] = [logitsOf(2), logitsOf(2)]
await save('batch.npz', { ...logits, boxes })
await save('other.npz', { ...others, boxes })
await save('logits.npz', logitsOf(3))
await save('boxes.npz', { boxes })
const graphOf = (more: ConfigInput = {}) => encodeModel(lossModel(resolveConfig({ ...tinyConfig, labels: 'boxes', gradients: true, masks: true, ...more }))) // biome-ignore format: one row
writeFileSync(at('loss.onnx'), graphOf())
writeFileSync(at('sum.onnx'), sumBytes)
await writeSum(root, 'sum')

/** The view in a page, and what the command said. */
async function viewed(...args: string[]) {
  const page = at('page.html')
  const run = await yoloLoss(['view', ...args, '-o', page])
  const [, text = ''] = /id="view">([^<]*)</.exec(existsSync(page) ? readFileSync(page, 'utf8') : '') ?? []
  return { ...run, view: (text === '' ? undefined : await unpack(text)) as View | undefined }
}

const expected = (feeds: Record<string, AnyTensor>, more: ConfigInput = {}) =>
  Answers.of(resolveConfig({ ...tinyConfig, labels: 'boxes', ...more }), feeds)?.of('loss')?.values[0]

describe('view', () => {
  it('shows a batch by the configuration of flags, with names of classes', async () => {
    const { code, view, stderr } = await viewed(at('batch.npz'), ...tiny, '--names', at('names.txt'))
    expect(code).toBe(0)
    expect(stderr).toMatch(/wrote .*page\.html \(batch: 2 images, loss .*, no less than /)
    const [side] = view?.sides ?? []
    expect(side?.loss).toBe(expected({ ...logits, boxes }))
    expect(side?.config).toMatchObject({ classes: ['cat', 'dog'], input: [64, 64], ignoreThreshold: 0.5 })
    expect(side?.images.map(({ boxes: all }) => all.length)).toEqual([2, 1])
  })

  it('shows a case by its own configuration', async () => {
    const { code, view } = await viewed('fixtures/tiny-345-012')
    expect(code).toBe(0)
    const { dataSets } = await readCase('fixtures/tiny-345-012')
    const loss = dataSets[0]?.outputs.find(({ name }) => name === 'loss')?.tensor.data[0]
    expect(view?.sides[0]?.loss).toBeCloseTo(Number(loss), 4)
  })

  it('puts what a graph gives beside the reference, cell by cell', async () => {
    const { code, view } = await viewed(at('batch.npz'), '--model', at('loss.onnx'))
    expect(code).toBe(0)
    const [side] = view?.sides ?? []
    const loss = side?.outputs?.find(({ name }) => name === 'loss')
    expect(loss?.graph).toBeCloseTo(side?.loss ?? Number.NaN, 4)
    expect(side?.outputs?.map(({ name, differs }) => [name, differs])).toContainEqual(['grad_y_pred_1', false])
    const row = side?.images[0]?.scales[0]?.shown[0]
    expect(row?.graph?.['grad objectness']).toBeCloseTo(row?.gradient[4] ?? Number.NaN, 5)
  })

  it('marks what a graph has otherwise than it says, and ends with 1', async () => {
    const text = Buffer.from(graphOf({ ignoreThreshold: 0.1 }))
    const named = text.toString('latin1').replace('"ignoreThreshold":0.1', '"ignoreThreshold":0.5')
    writeFileSync(at('wrong.onnx'), Buffer.from(named, 'latin1'))
    const { code, view, stderr } = await viewed(at('batch.npz'), '--model', at('wrong.onnx'))
    expect(code).toBe(1)
    const [side] = view?.sides ?? []
    expect(stderr).toMatch(/^beyond tolerance: (.*, )?ignore_mask_0(, |\n)/)
    expect(stderr).toContain(`loss ${Number(side?.loss?.toPrecision(7))}, by the graph ${Number(side?.graph?.loss?.toPrecision(7))}, no less`) // biome-ignore format: one row
    expect(side?.graph).toEqual({ name: 'wrong.onnx', loss: side?.outputs?.find(({ name }) => name === 'loss')?.graph })
    const wrong = (side?.outputs ?? []).filter(({ differs }) => differs).map(({ name }) => name)
    expect(wrong).toContain('ignore_mask_0')
    const cells = (side?.images ?? []).flatMap(({ scales }) =>
      scales.flatMap(({ cells: own }) => [...(own?.differs ?? [])]),
    )
    const masks = side?.outputs?.filter(({ name }) => name.startsWith('ignore_mask')) ?? []
    expect(cells.length).toBe(masks.reduce((n, { differing }) => n + differing, 0))
  })

  it('says which graph differs in what, with its own loss, in words, live and as JSON', async () => {
    const both = ['view', at('batch.npz'), '--model', at('loss.onnx'), '--model', at('wrong.onnx')]
    const words = await yoloLoss([...both, '-o', at('page.html')])
    expect([words.code, words.stderr]).toEqual([1, expect.stringMatching(/^beyond tolerance of wrong\.onnx: /)])
    expect(words.stderr).toContain('the losses of the graphs differ by ')
    const { sides } = JSON.parse((await yoloLoss([...both, '-o', at('page.html'), '--json', '-q'])).stdout)
    const [fine, wrong] = sides
    expect([fine.graph.name, fine.differing]).toEqual(['loss.onnx', []])
    expect(fine.graph.loss).toBeCloseTo(fine.loss, 4)
    expect(words.stderr).toContain(`by the graph ${Number(wrong.graph.loss.toPrecision(7))}`)
    const served = ['--live', '--no-serve', '--ort-web', fakeOrtWeb(root), '-o', at('wronglive')]
    const live = await yoloLoss(['view', at('batch.npz'), '--model', at('wrong.onnx'), ...served])
    expect([live.code, live.stderr]).toEqual([1, expect.stringMatching(/^beyond tolerance: /)])
  })

  it('does not compare what a graph makes of a row whose logits are no numbers, and says so', async () => {
    const { y_pred_0, ...rest } = logits as Record<string, AnyTensor>
    const data = Float32Array.from(y_pred_0?.data as Float32Array)
    data[4] = Number.NaN
    await save('nan.npz', { ...rest, y_pred_0: { ...y_pred_0, data }, boxes } as Parameters<typeof encodeNpz>[0])
    const { code, view } = await viewed(at('nan.npz'), '--model', at('loss.onnx'))
    expect([code, view?.sides[0]?.loss]).toEqual([0, Number.NaN])
    expect(view?.sides[0]?.findings[0]?.text).toMatch(/^1 row holds logits that are not finite: not compared/)
  })

  it('is where a failing report of verify leads to: the loss cell by cell, with what differs', async () => {
    const report = at('report.html')
    const run = await yoloLoss(['verify', at('wrong.onnx'), '--data', at('batch.npz'), '--html', report])
    expect(run.code).toBe(1)
    const [, link = ''] = /<a href="([^"#]+\.html)">/.exec(readFileSync(report, 'utf8')) ?? []
    expect(link).toBe('report/1.html')
    const [, text = ''] = /id="view">([^<]*)</.exec(readFileSync(at(link), 'utf8')) ?? []
    const { sides } = (await unpack(text)) as View
    expect(sides[0]?.loss).toBe(expected({ ...logits, boxes }))
    expect(sides[0]?.outputs?.filter(({ differs }) => differs).map(({ name }) => name)).toContain('ignore_mask_0')
    writeFileSync(at('report/2.html'), 'their own')
    await yoloLoss(['verify', at('loss.onnx'), '--data', at('batch.npz'), '--html', report])
    expect(readdirSync(at('report'))).toEqual(['2.html']) // the page of a loss that no longer fails is gone
    const fine = await yoloLoss(['verify', at('loss.onnx'), '--data', at('batch.npz'), '--html', at('fine.html')])
    expect([fine.code, existsSync(at('fine'))]).toEqual([0, false])
    expect(readFileSync(at('fine.html'), 'utf8')).not.toContain('cell by cell')
  })

  it('is what diff --html writes of two graphs, with what parts them', async () => {
    const diff = (...more: string[]) => yoloLoss(['diff', at('loss.onnx'), at('wrong.onnx'), '--data', at('batch.npz'), ...more]) // biome-ignore format: one row
    const run = await diff('--html', at('both.html'))
    expect(run.code).toBe(1)
    const [, text = ''] = /id="view">([^<]*)</.exec(readFileSync(at('both.html'), 'utf8')) ?? []
    const { sides } = (await unpack(text)) as View
    expect(sides.map(({ name, outputs = [] }) => [name, outputs.some(({ differs }) => differs)])).toEqual([['loss.onnx', false], ['wrong.onnx', true]]) // biome-ignore format: one row
    expect(sides[0]?.findings[0]?.text).toContain('first divergence')
    expect((await diff('--html', at('batch.npz'))).stderr).toContain('would overwrite')
    const sum = await yoloLoss(['diff', at('sum.onnx'), at('sum.onnx'), '--case', at('sum'), '--html', at('sum.html')])
    expect([sum.code, sum.stderr]).toEqual([2, expect.stringContaining('do not say that they are')])
  })

  it('compares two batches, and two graphs on one', async () => {
    const batches = await viewed(at('batch.npz'), at('other.npz'), ...tiny)
    expect(batches.view?.sides.map(({ name, loss }) => [name, loss])).toEqual([
      ['batch', expected({ ...logits, boxes })],
      ['other', expected({ ...others, boxes })],
    ])
    writeFileSync(at('less.onnx'), graphOf({ ignoreThreshold: 0.2 }))
    const graphs = await viewed(at('batch.npz'), '--model', at('loss.onnx'), '--model', at('less.onnx'))
    expect(graphs.view?.sides.map(({ name, loss }) => [name, loss])).toEqual([
      ['loss.onnx', expected({ ...logits, boxes })],
      ['less.onnx', expected({ ...logits, boxes }, { ignoreThreshold: 0.2 })],
    ])
  })

  it('shows the images of annotations as they lie in the input, with logits and alone', async () => {
    const seen = ['--annotations', at('seen.txt'), ...tiny]
    const whole = await viewed(at('logits.npz'), ...seen)
    expect(whole.code).toBe(0)
    expect(whole.view?.sides[0]?.images.map(({ name }) => name)).toEqual(['0.png', '1.png', '2.png'])
    for (const { picture } of whole.view?.sides[0]?.images ?? []) expect(picture).toMatch(/^data:image\/jpeg;base64,/)
    const alone = await viewed(...seen, '--input', '64x64')
    const [boxesOf, floorOf] = [(v: typeof alone) => v.view?.sides[0]?.images.map(({ boxes: all }) => all.map(({ box, place }) => [box, place])), (v: typeof alone) => v.view?.sides[0]?.floor] // biome-ignore format: one row
    expect(boxesOf(alone)).toEqual(boxesOf(whole))
    expect(floorOf(alone)).toBe(floorOf(whole))
    expect(alone.view?.sides[0]?.loss).toBeUndefined()
  })

  it('calls classes by the categories of COCO, in the order of their ids, unless names are given', async () => {
    const categories = [{ id: 7, name: 'hen' }, { id: 3, name: 'cow' }] // biome-ignore format: one row
    const images = [0, 1, 2].map((id) => ({ id, file_name: `seen/${id}.png`, width: 64, height: 64 }))
    const annotations = images.map(({ id }) => ({ image_id: id, category_id: id === 0 ? 7 : 3, bbox: [10, 10, 20, 20] })) // biome-ignore format: one row
    writeFileSync(at('coco.json'), JSON.stringify({ images, annotations, categories }))
    writeFileSync(at('hens.txt'), 'hen\ncow\n')
    const namesOf = async (...args: string[]) => {
      const { view } = await viewed('--annotations', at('coco.json'), ...tiny, ...args)
      const [side] = view?.sides ?? []
      return [side?.config.classes, side?.images.map(({ boxes: all }) => all.map((box) => side?.config.classes[box.class]))] // biome-ignore format: one row
    }
    const seen = [['hen'], ['cow'], ['cow']]
    expect(await namesOf('--input', '64x64')).toEqual([['cow', 'hen'], seen])
    expect(await namesOf(at('logits.npz'))).toEqual([['cow', 'hen'], seen])
    expect(await namesOf(at('logits.npz'), '--names', at('hens.txt'))).toEqual([['hen', 'cow'], seen])
    const { view } = await viewed(at('batch.npz'), ...tiny, '--classes', at('hens.txt'))
    expect(view?.sides[0]?.config.classes).toEqual(['hen', 'cow'])
  })

  it('takes annotations for those of both batches that are compared', async () => {
    await save('more.npz', logitsOf(3))
    const { code, view } = await viewed(at('logits.npz'), at('more.npz'), '--annotations', at('seen.txt'), ...tiny)
    expect(code).toBe(0)
    const [a, b] = view?.sides ?? []
    expect(a?.images.map(({ boxes: all }) => all.map(({ box }) => box))).toEqual(b?.images.map(({ boxes: all }) => all.map(({ box }) => box))) // biome-ignore format: one row
    expect(a?.loss).not.toBe(b?.loss)
  })

  it('goes on where an image is not there or cannot be decoded, and says so', async () => {
    mkdirSync(at('some'), { recursive: true })
    for (const name of ['0.png', '1.png']) writeFileSync(at(`some/${name}`), readFileSync(at(`seen/${name}`)))
    writeFileSync(at('some/1.png'), readFileSync(at('seen/1.png')).subarray(0, 60))
    writeFileSync(at('some.txt'), `${at('some/0.png')} 1,1,20,20,1\n${at('some/1.png')} 1,1,20,20,1\n${at('some/2.png')} 1,1,20,20,0\n`) // biome-ignore format: one row
    const { code, view, stderr } = await viewed('--annotations', at('some.txt'), ...tiny, '--input', '64x64', '--image-size', '64x64') // biome-ignore format: one row
    expect(code).toBe(0)
    expect(view?.sides[0]?.images.map(({ picture }) => picture === undefined)).toEqual([false, true, true])
    expect(stderr).toContain('no such file')
    expect(stderr).toContain('cannot be decoded')
    const shown = ['view', '--annotations', at('some.txt'), ...tiny, '--input', '64x64', '--image-size', '64x64', '-o', at('page.html')] // biome-ignore format: one row
    const strict = await yoloLoss(['--strict', ...shown, '--json'])
    expect(strict.code).toBe(1)
    expect(JSON.parse(strict.stdout).notes).toMatchObject([
      { code: 'absent-pictures', where: at('some/2.png') },
      { code: 'undecoded-pictures', where: at('some/1.png') },
    ])
    expect((await yoloLoss(['--strict', ...shown, '--take', '1'])).code).toBe(0)
    await save('again.npz', logitsOf(3))
    const two = ['view', at('logits.npz'), at('again.npz'), '--annotations', at('some.txt'), ...tiny, '--image-size', '64x64', '-o', at('page.html'), '--json'] // biome-ignore format: one row
    const { notes } = JSON.parse((await yoloLoss(two)).stdout)
    expect(notes.map(({ code: kind, more }: { code: string; more?: number }) => [kind, more])).toEqual([['absent-pictures', undefined], ['undecoded-pictures', undefined]]) // biome-ignore format: one row
  })

  it('takes the images of a folder, by name, for those of the batch, and no other number', async () => {
    const three = await viewed(at('logits.npz'), '--annotations', at('seen.txt'), '--images', root, ...tiny)
    expect(three.code).toBe(0)
    const { code, stderr } = await viewed(at('batch.npz'), '--images', at('seen'), ...tiny)
    expect([code, stderr]).toEqual([3, expect.stringContaining('holds 3 images, and the batch has 2')])
  })

  it('takes the place of none of the images that it shows or passes over, nor of one by a link', async () => {
    symlinkSync(at('seen/1.png'), at('link.html'))
    mkdirSync(at('pair'))
    for (const name of ['0.png', '1.png']) symlinkSync(at(`seen/${name}`), at(`pair/${name}`))
    mkdirSync(at('live'))
    symlinkSync(at('seen/0.png'), at('live/index.html'))
    const before = [0, 1, 2].map((i) => readFileSync(at(`seen/${i}.png`)))
    const labelled = ['--annotations', at('seen.txt'), ...tiny, '--input', '64x64']
    const batch = [at('batch.npz'), '--images', at('pair'), ...tiny]
    for (const args of [
      [...labelled, '-o', at('seen/1.png')],
      [...labelled, '--take', '1', '-o', at('seen/1.png')],
      [...labelled, '-o', at('link.html')],
      [...batch, '-o', at('link.html')],
      [...batch, '--live', '--no-serve', '--ort-web', fakeOrtWeb(root), '-o', at('live')],
    ]) {
      const { code, stderr } = await yoloLoss(['view', ...args])
      expect([code, stderr]).toEqual([2, expect.stringMatching(/"output" would overwrite .*, which is an image/)])
    }
    expect([0, 1, 2].map((i) => readFileSync(at(`seen/${i}.png`)))).toEqual(before)
    expect(readdirSync(at('live'))).toEqual(['index.html'])
  })

  it('shows boxes of an array alone', async () => {
    const { code, view } = await viewed(at('boxes.npz'), ...tiny, '--input', '64x64')
    expect(code).toBe(0)
    const [side] = view?.sides ?? []
    expect(side?.loss).toBeUndefined()
    const whole = await viewed(at('batch.npz'), ...tiny)
    expect(side?.floor).toBe(whole.view?.sides[0]?.floor)
  })

  it('reports what it wrote', async () => {
    const { stdout } = await yoloLoss(['view', at('batch.npz'), ...tiny, '-o', at('page.html'), '--json', '-q'])
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ file: at('page.html'), sides: [{ name: 'batch', images: 2, pictures: 0, loss: expected({ ...logits, boxes }) }] }) // biome-ignore format: one row
    expect(report.bytes).toBe(readFileSync(at('page.html')).length)
  })

  it.each([
    ['nothing to show', [], 2, 'name .npz files or a case'],
    ['no configuration', [at('batch.npz')], 2, '--model FILE.onnx'],
    ['a graph without data', ['--annotations', at('seen.txt'), '--model', at('loss.onnx')], 2, 'run on data'],
    ['annotations alone without a size', ['--annotations', at('seen.txt'), ...tiny], 2, '--input'],
    ['a size of the input beside data', [at('batch.npz'), ...tiny, '--input', '64x64'], 2, 'leave it out'],
    ['a flag of annotations without any', [at('batch.npz'), ...tiny, '--skip', '1'], 2, '--annotations'],
    ['a configuration beside one of the graph', [at('batch.npz'), ...tiny, '--model', at('loss.onnx')], 2, 'itself'],
    ['three batches', [at('batch.npz'), at('other.npz'), at('batch.npz'), ...tiny], 2, 'shows one, or compares two'],
    ['two batches and two graphs', [at('batch.npz'), at('other.npz'), '--model', at('loss.onnx'), '--model', at('loss.onnx')], 2, 'two batches'],
    ['other names than classes', [at('batch.npz'), ...tiny, '--names', at('three.txt')], 2, '3 names for 2 classes'],
    ['arrays of another configuration', [at('batch.npz'), '--preset', 'yolov3-tiny-coco'], 3, 'y_pred_0'],
    ['a page over what is read', [at('batch.npz'), ...tiny, '-o', at('batch.npz')], 2, 'would overwrite'],
    ['a page on stdout', [at('batch.npz'), ...tiny, '-o', '-'], 2, 'stdout'],
  ])('refuses %s', async (_, args, code, words) => {
    const out = args.includes('-o') ? [] : ['-o', at('refused.html')]
    const run = await yoloLoss(['view', ...args, ...out])
    expect([run.code, run.stderr]).toEqual([code, expect.stringContaining(words)])
    expect(existsSync(at('refused.html'))).toBe(false)
  }) // biome-ignore format: a table
})
