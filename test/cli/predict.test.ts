import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPixels } from '../../src/io/images/pixels.js'
import { yoloHeads } from '../../src/reference/head.js'
import { evaluateModel } from '../../src/runtime/session.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { picture, writeScenes } from '../support/pictures.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
await writeScenes(root, 'pictures', 3, 2, 1)
writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))
writeFileSync(at('d.onnx'), new TinyDetector({ head: 'nhwc' }).bytes())
writeFileSync(at('two.onnx'), new TinyDetector({ batch: 2 }).bytes())
writeFileSync(at('names.txt'), 'cat\ndog\n')
writeFileSync(at('square.png'), await picture(96, 64, (y, x) => [(3 * y) % 256, (5 * x) % 256, (y * x) % 256]))

const predict = (model: string, ...more: string[]) =>
  yoloLoss(['predict', at(model), '--config', at('tiny.json'), ...more])
const all = ['--score', '0.3', '--iou', '1', '--most', '10000']

interface Report {
  readonly images: readonly { readonly image: string; readonly found?: readonly { readonly box: number[]; readonly label: number; readonly score: number; readonly class: string }[] }[] // biome-ignore format: one line
}

async function found(...args: string[]): Promise<Report['images']> {
  const { code, stdout } = await predict('d.onnx', ...args, '--json', '-q')
  expect(code).toBe(0)
  return (JSON.parse(stdout) as Report).images
}

describe('predict', () => {
  it('finds what the oracle decodes from the heads', async () => {
    const [image] = await found('--images', at('square.png'), ...all)
    const { data } = await readPixels(at('square.png'), (size) => size)
    const pixels = Float32Array.from({ length: 3 * 96 * 64 }, (_, i) => {
      const [c, place] = [Math.floor(i / (96 * 64)), i % (96 * 64)]
      return Math.fround((data[place * 3 + c] as number) / 255)
    })
    const heads = await evaluateModel(readFileSync(at('d.onnx')), {
      image: { dtype: 'float32', shape: [1, 3, 96, 64], data: pixels },
    })
    const logits = ['coarse', 'fine'].map((name) => heads.get(name) as never)
    const expected = yoloHeads({ ...resolveConfig(tinyConfig), logits }).flatMap(({ confidence, probabilities, xy, wh }) =>
      [...confidence].flatMap((o, i) =>
        [0, 1].flatMap((label) => {
          const score = o * (probabilities[2 * i + label] as number)
          const [x, y, w, h] = [xy[2 * i], xy[2 * i + 1], wh[2 * i], wh[2 * i + 1]] as [number, number, number, number]
          const cut = (z: number, most: number) => Math.min(Math.max(z * most, 0), most)
          const box = [cut(x - w / 2, 64), cut(y - h / 2, 96), cut(x + w / 2, 64), cut(y + h / 2, 96)]
          return score >= 0.3 ? [{ box, label, score }] : []
        }),
      ),
    ) // biome-ignore format: chains of one line
    const sorted = expected.toSorted((a, b) => b.score - a.score)
    expect(sorted.length).toBeGreaterThan(20)
    expect(image?.found?.map(({ score }) => score)).toEqual(sorted.map(({ score }) => expect.closeTo(score, 5)))
    for (const one of sorted)
      expect(image?.found).toContainEqual(expect.objectContaining({ label: one.label, score: expect.closeTo(one.score, 5), box: one.box.map((x) => expect.closeTo(x, 2)) })) // biome-ignore format: one line
  })

  it('gives boxes in pixels of the image, whatever its size, and keeps them inside', async () => {
    const images = await found('--images', at('pictures'), '--score', '0.1')
    expect(images.map(({ image }) => image)).toEqual([0, 1, 2].map((i) => at(`pictures/${i}.png`)))
    for (const { image, found: boxes = [] } of images) {
      const { whole } = await readPixels(image, (size) => size)
      expect(boxes.length).toBeGreaterThan(0)
      for (const { box } of boxes) {
        const [x1, y1, x2, y2] = box as [number, number, number, number]
        expect(x1 >= 0 && y1 >= 0 && x2 <= whole[1] && y2 <= whole[0] && x1 <= x2 && y1 <= y2).toBe(true)
      }
    }
  })

  it('finds the same in a batch as alone, in a fixed one that is not full too', async () => {
    const together = await found('--images', at('pictures'))
    for (const { image, found: boxes } of together) expect((await found('--images', image))[0]?.found).toEqual(boxes)
    const { stdout } = await predict('two.onnx', '--images', at('pictures'), '--json', '-q')
    const one = (JSON.parse(stdout) as Report).images.map(({ found: boxes }) => boxes?.length)
    expect(one).toHaveLength(3)
    expect(one[2]).toBeGreaterThan(0)
  })

  it('prints a line for each box, with the names of the classes', async () => {
    const { code, stdout } = await predict('d.onnx', '--images', at('square.png'), '--names', at('names.txt'))
    expect(code).toBe(0)
    expect(stdout).toMatch(
      new RegExp(`^${at('square.png')}\\n( {2}[01]\\.\\d{3} {2}(cat|dog) {2}\\d+ \\d+ \\d+ \\d+\\n)+$`),
    )
  })

  it('writes results of COCO, under the ids of its file', async () => {
    const coco = {
      images: [{ id: 77, file_name: '2.png' }, { id: 5, file_name: '0.png' }],
      categories: [{ id: 9, name: 'dog' }, { id: 4, name: 'cat' }],
      annotations: [],
    } // biome-ignore format: one row a list
    writeFileSync(at('coco.json'), JSON.stringify(coco))
    const { code } = await predict(
      'd.onnx',
      '--images',
      at('pictures'),
      '--coco',
      at('coco.json'),
      '-o',
      at('r.json'),
      '--score',
      '0.1',
    )
    expect(code).toBe(0)
    const results = JSON.parse(readFileSync(at('r.json'), 'utf8'))
    const images = await found('--images', at('pictures'), '--score', '0.1')
    const [first] = images[2]?.found ?? []
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = first?.box ?? []
    expect(results[0]).toEqual({
      image_id: 77,
      category_id: [4, 9][first?.label ?? 0],
      bbox: [x1, y1, x2 - x1, y2 - y1].map((x) => expect.closeTo(x, 1)),
      score: expect.closeTo(first?.score ?? 0, 4),
    })
    expect(new Set(results.map(({ image_id }: { image_id: number }) => image_id))).toEqual(new Set([77, 5]))
  })

  it('draws the boxes, and leaves the images alone', async () => {
    const before = readFileSync(at('pictures/0.png'))
    const { code } = await predict('d.onnx', '--images', at('pictures'), '--draw', at('drawn'), '--score', '0.1')
    expect([code, readdirSync(at('drawn')).toSorted()]).toEqual([0, ['0.png', '1.png', '2.png']])
    const [was, is] = await Promise.all(
      ['pictures', 'drawn'].map((folder) => readPixels(at(`${folder}/0.png`), (s) => s)),
    )
    expect([is?.whole, Buffer.compare(is?.data as Uint8Array, was?.data as Uint8Array) !== 0]).toEqual([
      was?.whole,
      true,
    ])
    expect(readFileSync(at('pictures/0.png')).equals(before)).toBe(true)
  })

  it('names an image that cannot be decoded, goes on with the others, and says so by its exit code', async () => {
    mkdirSync(at('mixed'))
    writeFileSync(at('mixed/a.png'), 'no image')
    writeFileSync(at('mixed/b.png'), readFileSync(at('square.png')))
    const { code, stdout, stderr } = await predict('d.onnx', '--images', at('mixed'))
    expect([code, stderr]).toEqual([6, expect.stringContaining('a.png: this image cannot be decoded')])
    expect(stdout).toContain('b.png\n  0.')
  })
})

describe('predict refuses', () => {
  it.each([
    ['a folder without images', 'd.onnx', ['--images', at('empty')], 'holds no images', 3],
    ['to draw over an image', 'd.onnx', ['--images', at('square.png'), '--draw', root], 'would overwrite', 2],
    ['two drawings of one name', 'd.onnx', ['--images', at('square.png'), at('pictures/../square.png'), '--draw', at('x')], 'two images', 2],
    ['ids without a folder', 'd.onnx', ['--images', at('square.png'), '--coco', at('tiny.json')], 'must be the one folder', 2],
    ['another input size', 'd.onnx', ['--images', at('square.png'), '--input', '64x64'], 'takes 96x64', 2],
    ['an open size that nobody tells', 'open.onnx', ['--images', at('square.png')], 'takes pictures of any size', 2],
    ['a size that is no multiple of 32', 'open.onnx', ['--images', at('square.png'), '--input', '60x64'], 'multiples of 32', 2],
    ['a loss', 'loss.onnx', ['--images', at('square.png')], 'is taken off by yolo-loss detach', 3],
    ['a score above 1', 'd.onnx', ['--images', at('square.png'), '--score', '2'], 'no number from 0 to 1', 2],
  ])('%s', async (_, model, args, words, exit) => {
    mkdirSync(at('empty'), { recursive: true })
    writeFileSync(at('open.onnx'), new TinyDetector({ size: ['h', 'w'] }).bytes())
    if (!existsSync(at('loss.onnx'))) await yoloLoss(['attach', at('d.onnx'), '--config', at('tiny.json'), '-o', at('loss.onnx')])
    const { code, stderr } = await predict(model, ...args)
    expect([code, stderr]).toEqual([exit, expect.stringContaining(words)])
  }) // biome-ignore format: a table

  it('no detector of any size that is told one', async () => {
    const { code } = await predict('open.onnx', '--images', at('square.png'), '--input', '64x64')
    expect(code).toBe(0)
  })
})
