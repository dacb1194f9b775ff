import { spawn } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { encodeNpy } from '../../src/io/arrays/npy.js'
import { decodeNpz, encodeNpz } from '../../src/io/arrays/npz.js'
import { float32 } from '../../src/io/tensor.js'
import { decodeTensor } from '../../src/onnx/proto/decode.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { command, yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const voc = resolveConfig({ preset: 'yolov3-voc' })
const common = ['--preset', 'yolov3-voc', '--input', '96x128']

/** The same boxes in pixels of a 192 × 256 image and, halved, of the 96 × 128 input. */
const images = [
  [[20, 30, 120, 150, 3], [130, 20, 240, 90, 19]],
  [],
  [[0, 0, 40, 44, 0]],
] // biome-ignore format: one row an image
const halved = images.flatMap((rows) =>
  Array.from({ length: 2 }, (_, t) => (rows[t] ?? [0, 0, 0, 0, 0]).map((x, k) => (k < 4 ? x / 2 : x))),
)
const table = float32([3, 2, 5], halved.flat())
const wanted = assignTargets(table, [96, 128], voc)

const file = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(join(root, name), content)
  return join(root, name)
}

const lines = images.map((rows, i) => [`i${i}.png`, ...rows.map((row) => row.join())].join(' ')).join('\n')
const coco = JSON.stringify({
  images: images.map((_, id) => ({ id, file_name: `i${id}.png`, width: 256, height: 192 })),
  annotations: images.flatMap((rows, image_id) =>
    rows.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0, c = 0]) => ({
      image_id,
      category_id: 2 * c + 5,
      bbox: [x1 + 0.4, y1 + 0.2, x2 - x1 + 0.9, y2 - y1 + 0.5],
    })),
  ),
  categories: Array.from({ length: 20 }, (_, c) => ({ id: 2 * c + 5, name: `class ${c}` })),
})
const png = Buffer.from('89504e470d0a1a0a0000000d49484452000001000000 00c00802000000'.replaceAll(' ', ''), 'hex')

describe('targets', () => {
  it.each<[string, () => Promise<string>, string[]]>([
    ['annotation lines', () => file('train.txt', lines), ['--image-size', '192x256']],
    ['COCO instances', () => file('coco.json', coco), []],
    ['an NPY array', () => file('boxes.npy', encodeNpy(table)), []],
    ['an NPZ archive', async () => file('boxes.npz', await encodeNpz([{ name: 'boxes', tensor: table }])), []],
  ])('come from %s', async (name, source, more) => {
    const out = join(root, `${name.replaceAll(' ', '-')}.npz`)
    const run = await yoloLoss(['targets', await source(), ...common, ...more, '-o', out])
    expect(run).toMatchObject({ code: 0, stdout: '' })
    const arrays = [...(await decodeNpz(await readFile(out), out))]
    expect(arrays).toEqual(wanted.map((tensor, l) => [`y_true_${l}`, tensor]))
  })

  it('find the sizes of images in their files, and go into a folder of .pb files', async () => {
    for (const i of [0, 1, 2]) await file(`i${i}.png`, png)
    const out = join(root, 'pb')
    const run = await yoloLoss(['targets', await file('sized.txt', lines), ...common, '-o', out])
    expect(run.code).toBe(0)
    expect((await readdir(out)).sort()).toEqual(['y_true_0.pb', 'y_true_1.pb', 'y_true_2.pb'])
    const { name, tensor } = decodeTensor(await readFile(join(out, 'y_true_1.pb')), 'y_true_1.pb')
    expect({ name, tensor }).toEqual({ name: 'y_true_1', tensor: wanted[1] })
  })

  it('take the input size of a Darknet file', async () => {
    const net = await file(
      'net.cfg',
      '[net]\nwidth=128\nheight=96\n[yolo]\nanchors=10,20\nclasses=20\nignore_thresh=.5\nnum=1\n',
    )
    const out = join(root, 'net.npz')
    const run = await yoloLoss(['targets', await file('net.txt', lines), '--config', net, '--fit', 'none', '-o', out, '--take', '2', '--skip', '1']) // biome-ignore format: one command
    expect(run.code).toBe(0)
    expect((await decodeNpz(await readFile(out), out)).get('y_true_0')?.shape).toEqual([2, 3, 4, 1, 25])
  })

  it('never overwrite their boxes', async () => {
    const boxes = await file('same.npz', await encodeNpz([{ name: 'boxes', tensor: table }]))
    const run = await yoloLoss(['targets', boxes, ...common, '-o', boxes])
    expect(run).toMatchObject({ code: 2 })
    expect([...(await decodeNpz(await readFile(boxes), boxes)).keys()]).toEqual(['boxes'])
  })

  it('can be made image by image', async () => {
    const out = join(root, 'part.npz')
    await yoloLoss(['targets', await file('coco2.json', coco), ...common, '--skip', '2', '--take', '5', '-o', out])
    const part = (await decodeNpz(await readFile(out), out)).get('y_true_2')
    expect(part?.shape).toEqual([1, 12, 16, 3, 25])
    expect(part?.data).toEqual(wanted[2]?.data.slice(-(part?.data.length ?? 0)))
  })

  it('name odd boxes with --lint, by line, with exit code 1; none with 0', async () => {
    const odd = await file('odd.txt', `${lines}\ni3.png 10,10,40,10,2 30,30,50,50,20`)
    const run = await yoloLoss(['targets', odd, ...common, '--image-size', '192x256', '--lint'])
    expect(run.code).toBe(1)
    expect(run.stdout.split('\n')).toEqual([
      expect.stringMatching(/^refused: .*odd.txt, line 4, box 2 is refused: class 20 is not below the 20 classes/),
      expect.stringMatching(/^zero-size: .*odd.txt, line 4, box 1 is of height 0: the loss becomes \+inf$/),
      '2 odd boxes in 4 images',
      '',
    ])
    const good = await yoloLoss([
      'targets',
      await file('good.txt', lines),
      ...common,
      '--image-size',
      '192x256',
      '--lint',
    ])
    expect(good).toMatchObject({ code: 0, stdout: '0 odd boxes in 3 images\n' })
  })

  it.each<[string, string | Uint8Array, string[], number, string]>([
    ['of an unknown size', 'none.png 1,2,30,40,0', [], 3, 'give --images DIR, --image-size HxW for all, or --fit none'],
    ['of a class too many', 'a.png 1,2,30,40,20', ['--fit', 'none'], 3, 'line 1, box 1: class 20 is not below the 20'],
    ['outside the image', 'a.png 1,2,300,40,0', ['--fit', 'none'], 3, 'box 1: centre (1.171875, 0.21875) lies outside'],
    ['of half a pixel', 'a.png 1,2,30.5,40,0', ['--fit', 'none'], 3, '"30.5" is no whole number'],
    [
      'of COCO with other classes',
      coco.replace('"category_id":5,', '"category_id":6,'),
      [],
      3,
      'category 6 is not among',
    ],
    ['of results', '[{"image_id": 1}]', [], 3, 'has no list "images"'],
    ['of broken JSON', '{"images": ', [], 3, 'not valid JSON'],
    [
      'of a wrong array',
      encodeNpy(float32([2, 5], Array(10).fill(1))),
      [],
      3,
      'the array is float32[2,5], neither [B,T,5] nor [B,T,6]',
    ],
    ['past the end', lines, ['--image-size', '192x256', '--skip', '3'], 3, 'no image is left of 3'],
    ['at an input of 100', lines, ['--input', '100x128'], 2, '"input" must be multiples of 32, got 100×128'],
    ['of no size', lines, ['--image-size', '192'], 2, 'give height and width, as 416x608'],
  ])('refuse boxes %s, and write nothing', async (name, content, more, code, message) => {
    const out = join(root, `refused-${name.replaceAll(' ', '-')}.npz`)
    const source = await file(`refused-${name.replaceAll(' ', '-')}.in`, content)
    const run = await yoloLoss(['targets', source, ...common, ...more, '-o', out])
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code, stdout: '' })
    expect(await readdir(root)).not.toContain(`refused-${name.replaceAll(' ', '-')}.npz`)
  })

  it('are written in numbered files with --shard, together the same labels', async () => {
    const out = join(root, 'parts.npz')
    const run = await yoloLoss(['targets', await file('shard.json', coco), ...common, '--shard', '2', '-o', out])
    expect(run.stderr).toMatch(/in 2 files of up to 2 images\nwrote .*parts-00000.npz .*\nwrote .*parts-00001.npz/)
    const parts = await Promise.all(
      ['00000', '00001'].map(async (i) => decodeNpz(await readFile(join(root, `parts-${i}.npz`)), i)),
    )
    const data = parts.flatMap((part) => [...((part.get('y_true_1') as (typeof wanted)[number]).data as Float32Array)])
    expect(data).toEqual([...(wanted[1] as (typeof wanted)[number]).data])
  })

  it('are refused above --max-output before anything is written, with the image that makes boxes so many', async () => {
    const crowd = `${'a.png 1,2,30,40,0\n'.repeat(400)}b.png${' 1,2,30,40,0'.repeat(2000)}`
    const [source, out] = [await file('crowd.txt', crowd), join(root, 'crowd.npz')]
    const told = async (...more: string[]) => {
      const run = await yoloLoss(['targets', source, ...common, '--fit', 'none', '-o', out, ...more])
      expect(run.code).toBe(3)
      return run.stderr
    }
    const limit = ['--max-output', '8']
    expect(await told(...limit)).toContain('the labels of 401 images have 28.9 MiB, more than the limit of 8.0 MiB')
    expect(await told(...limit, '--labels', 'boxes')).toContain(
      'crowd.txt, line 401, box 2000: the table [401,2000,5] of boxes has 15.3 MiB, more than the limit of 8.0 MiB',
    )
    expect(await readdir(root)).not.toContain('crowd.npz')
  })

  it('take more images, and more boxes of one, than a call has room for arguments', async () => {
    const many = `${'a.png 1,2,30,40,0\n'.repeat(130_000)}b.png${' 1,2,30,40,0'.repeat(20_000)}`
    const run = await yoloLoss(['targets', await file('many.txt', many), ...common, '--fit', 'none', '--lint'])
    expect(run).toMatchObject({ code: 1, stderr: '' })
    expect(run.stdout).toMatch(/\n20000 odd boxes in 130001 images\n$/)
  })

  it('of a COCO image without width are refused, unless its size is given', async () => {
    const flat = await file('flat.json', coco.replace('"width":256', '"width":0'))
    expect(await yoloLoss(['targets', flat, ...common, '--lint'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('flat.json: image "i0.png" is 0 wide and 192 high'),
    })
    expect(await yoloLoss(['targets', flat, ...common, '--image-size', '192x256', '--lint'])).toMatchObject({ code: 0 })
  })

  it('of an empty file are refused', async () => {
    const run = await yoloLoss(['targets', await file('empty.txt', ''), ...common, '--lint'])
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('empty.txt: the file is empty') })
  })

  it('hear a signal in the middle of their work', async () => {
    const odd = `a.png${' 1,2,1,40,0'.repeat(30)}\n`.repeat(60_000)
    const args = ['targets', await file('long.txt', odd), ...common, '--fit', 'none', '--lint']
    const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', () => child.kill('SIGTERM')).resume()
    expect(await new Promise((done) => child.once('exit', done))).toBe(130)
  })
})
