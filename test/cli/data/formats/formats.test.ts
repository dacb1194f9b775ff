import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBoxes } from '../../../../src/cli/data/readboxes.js'
import { yoloLossHere as yoloLoss } from '../../../support/cli.js'
import { exif, frame, jpeg, png, tiff } from '../../../support/images.js'
import { scratch } from '../../../verify/cases.js'

const root = await scratch()
const at = (path: string) => join(root, path)

async function files(folder: string, content: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [name, value] of Object.entries(content)) {
    await mkdir(dirname(at(join(folder, name))), { recursive: true })
    await writeFile(at(join(folder, name)), value)
  }
  return at(folder)
}

/** Boxes of all images, in an input that is half the image of 96 × 128. */
async function boxesOf(path: string, options: Partial<Parameters<typeof readBoxes>[1]> = {}) {
  const boxes = await readBoxes(path, { input: [96, 128], ...options })
  return Array.from({ length: boxes.images }, (_, image) => ({
    rows: [...boxes.rowsOf(image)],
    places: Array.from({ length: boxes.countOf(image) }, (_, row) => boxes.placeOf(image, row).replace(`${root}/`, '')),
  }))
}

const picture = png(192, 256)
const yolo = await files('yolo', {
  'images/b.png': picture,
  'images/a.png': picture,
  'images/train/c.jpg': jpeg(exif(tiff(6, true)), frame(256, 192)),
  'labels/b.txt': '3 0.5 0.5 0.25 0.5\n0 0.25 0.25 0.5 0.5\n',
  'labels/train/c.txt': '\n1 0.5 0.5 0.5 0.5\n',
  'labels/classes.txt': 'cat\ndog\n',
  'images/notes.md': 'no image',
})
const object = (name: string, box: readonly number[]) =>
  `<object><name>${name}</name><bndbox>${['xmin', 'ymin', 'xmax', 'ymax'].map((k, i) => `<${k}>${box[i]}</${k}>`).join('')}</bndbox></object>`
const annotation = (name: string, size: string, ...objects: readonly string[]) =>
  `<annotation>\n<filename>${name}</filename>${size}\n${objects.join('\n')}\n</annotation>\n`
const sized = '<size><width>256</width><height>192</height></size>'
const voc = await files('voc', {
  'Annotations/1.xml': annotation('1.jpg', sized, object('dog', [20, 30, 120, 150]), object('cat', [0, 0, 40, 44])),
  'Annotations/2.xml': `<?xml version="1.0"?>${annotation('2.png', '', object('person', [20, 30, 120, 150]))}`,
  'JPEGImages/2.png': picture,
})

describe('a YOLO folder', () => {
  const all = [
    { rows: [], places: [] },
    { rows: [48, 24, 80, 72, 3, 0, 0, 64, 48, 0], places: ['yolo/labels/b.txt, line 1', 'yolo/labels/b.txt, line 2'] },
    { rows: [32, 24, 96, 72, 1], places: ['yolo/labels/train/c.txt, line 2'] },
  ]

  it('has the boxes of images/ in labels/, images without labels have none, EXIF turns the size', async () => {
    expect(await boxesOf(yolo)).toEqual(all)
  })

  it.each(['labels', 'images'])('is found by %s/ too, and by a folder in it', async (folder) => {
    expect(await boxesOf(join(yolo, folder))).toEqual(all)
    expect(await boxesOf(join(yolo, folder, 'train'))).toEqual(all.slice(2))
  })

  it('is read in part with skip and take, without opening the others', async () => {
    const broken = await files('broken', {
      'images/a.png': 'none',
      'images/b.png': picture,
      'labels/b.txt': '0 .5 .5 .5 .5',
    })
    expect(await boxesOf(broken, { skip: 1, take: 1 })).toEqual([
      { rows: [32, 24, 96, 72, 0], places: ['broken/labels/b.txt, line 1'] },
    ])
    await expect(boxesOf(broken)).rejects.toThrow('the size of "a.png" is not known')
    await expect(boxesOf(broken, { skip: 2 })).rejects.toThrow('no image is left of 2')
  })

  it('needs no images where their size is given, or the input is the image', async () => {
    const alone = await files('alone', { 'one.txt': '0 .5 .5 .5 .5\n' })
    const rows = [32, 24, 96, 72, 0]
    expect((await boxesOf(alone, { imageSize: [192, 256] }))[0]?.rows).toEqual(rows)
    expect((await boxesOf(alone, { fit: 'none' }))[0]?.rows).toEqual(rows)
    await expect(boxesOf(alone)).rejects.toThrow(/one\.txt: no image of this name is in .*, whose size/)
  })

  it('takes images from elsewhere, and refuses two that would have the same labels', async () => {
    const labels = await files('apart', { 'x.txt': '0 .5 .5 .5 .5\n' })
    const images = await files('elsewhere', { 'x.webp': 'RIFF', 'x.png': picture })
    await expect(boxesOf(labels, { images })).rejects.toThrow('would have the same labels')
  })

  it('names a bad row by file and line, with exit code 3', async () => {
    const odd = await files('odd', { 'images/a.png': picture, 'labels/a.txt': '0 .5 .5 .5 .5\n0 300 .5 .5 .5\n' })
    const run = await yoloLoss(['targets', odd, '--preset', 'yolov3-voc', '--input', '96x128', '--lint'])
    expect(run).toMatchObject({ code: 3, stdout: '' })
    expect(run.stderr).toContain('odd/labels/a.txt, line 2: cx 300 is not from 0 to 1')
  })

  it('that holds neither is refused', async () => {
    await expect(boxesOf(await files('empty', { 'a.md': '' }))).rejects.toThrow(
      'holds neither labels/*.txt nor Annotations',
    )
  })
})

describe('a Pascal VOC folder', () => {
  const all = [
    {
      rows: [10, 15, 60, 75, 11, 0, 0, 20, 22, 7],
      places: ['voc/Annotations/1.xml, line 3', 'voc/Annotations/1.xml, line 4'],
    },
    { rows: [10, 15, 60, 75, 14], places: ['voc/Annotations/2.xml, line 3'] },
  ]

  it('has the boxes of Annotations/*.xml, and the sizes that they do not tell in JPEGImages/', async () => {
    expect(await boxesOf(voc)).toEqual(all)
    expect(await boxesOf(join(voc, 'Annotations'))).toEqual(all)
  })

  it('images that lie beside their annotations are found there', async () => {
    const beside = await files('beside', {
      '2.xml': annotation('2.png', '', object('person', [20, 30, 120, 150])),
      '2.png': picture,
    })
    const [{ rows } = {}] = await boxesOf(beside)
    expect(rows).toEqual(all[1]?.rows)
    expect((await boxesOf(join(beside, '2.xml')))[0]?.rows).toEqual(rows)
  })

  it('or one file of it is read', async () => {
    expect(await boxesOf(join(voc, 'Annotations/1.xml'))).toEqual(all.slice(0, 1))
    expect(await boxesOf(voc, { skip: 1 })).toEqual(all.slice(1))
  })

  it('has classes by --names', async () => {
    await files('.', { 'names.txt': 'cat\nperson\ndog\n' })
    const run = ['targets', voc, '--preset', 'yolov3-voc', '--input', '96x128', '--labels', 'boxes', '--lint']
    const named = await yoloLoss([...run, '--names', at('names.txt'), '--classes', '3', '--json'])
    expect([named.code, JSON.parse(named.stdout).findings]).toEqual([0, []])
    await files('.', { 'few.txt': 'cat\nperson\n' })
    const few = await yoloLoss([...run, '--names', at('few.txt')])
    expect(few).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('1.xml, line 3: class "dog" is not among the 2'),
    })
    const both = await yoloLoss([...run, '--names', at('few.txt'), '--classes', at('few.txt')])
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('beside a file of classes') })
  })

  it('with a page in place of an annotation is refused', async () => {
    const page = await files('page', {
      'a.xml': '<!DOCTYPE html>\n<html></html>',
      'b.xml': '<?xml version="1.0"?><html/>',
    })
    await expect(boxesOf(join(page, 'a.xml'))).rejects.toThrow('a document type is not read')
    await expect(boxesOf(join(page, 'b.xml'))).rejects.toThrow('the root is <html>, not <annotation>')
  })
})

describe('COCO', () => {
  it('has classes by --names', async () => {
    const coco = JSON.stringify({
      images: [{ id: 1, file_name: 'a.jpg', width: 256, height: 192 }],
      annotations: [{ image_id: 1, category_id: 9, bbox: [20, 30, 100, 120] }],
      categories: [{ id: 9, name: 'dog' }, { id: 4, name: 'cat' }],
    }) // biome-ignore format: lists
    const folder = await files('coco', { 'coco.json': coco })
    const boxes = async (classNames?: string[]) =>
      (await boxesOf(join(folder, 'coco.json'), { ...(classNames && { classNames }) }))[0]?.rows
    expect(await boxes()).toEqual([10, 15, 60, 75, 1])
    expect(await boxes(['dog', 'x', 'cat'])).toEqual([10, 15, 60, 75, 0])
    await expect(boxes(['cat'])).rejects.toThrow('category "dog" is not among the class names')
  })
})
