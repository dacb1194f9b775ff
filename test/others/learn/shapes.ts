import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { Random } from '../../../src/io/random.js'

/**
 * Renders shapes: squares, discs and triangles of any colour on noise, one to three in a picture.
 *
 *     shapes.ts FOLDER IMAGES_TO_TRAIN_ON IMAGES_TO_JUDGE_BY
 *
 * Writes `train/*.png` with `train.txt`, lines of keras-yolo3, and `held/*.png` with `held.txt` and `held.json`, instances of COCO.
 */
const [folder = '.', trained = '0', held = '0'] = process.argv.slice(2)

/** Pixels of a side. */
const side = 128

type Box = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

/** Whether a point of the unit square belongs to the shape of a class. */
const shapes: readonly ((x: number, y: number) => boolean)[] = [
  () => true,
  (x, y) => (2 * x - 1) ** 2 + (2 * y - 1) ** 2 <= 1,
  (x, y) => Math.abs(2 * x - 1) <= y,
]
const names = ['square', 'disc', 'triangle']

const apart = (a: Box, b: Box): boolean => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1]

function boxesOf(random: Random): Box[] {
  const boxes: Box[] = []
  const wanted = random.integer(1, 3)
  while (boxes.length < wanted) {
    const [w, h] = [random.integer(24, 56), random.integer(24, 56)]
    const [x, y] = [random.integer(0, side - w - 1), random.integer(0, side - h - 1)]
    const box = [x, y, x + w, y + h, random.integer(0, shapes.length - 1)] as const
    if (boxes.every((other) => apart(box, other))) boxes.push(box)
    else if (random.uniform() < 0.05) boxes.length = 0
  }
  return boxes
}

function render(boxes: readonly Box[], random: Random): Buffer {
  const pixels = Buffer.from(Array.from({ length: side * side * 3 }, () => random.integer(0, 90)))
  for (const [x1, y1, x2, y2, label] of boxes) {
    const colour = [0, 1, 2].map(() => random.integer(120, 255))
    for (let y = y1; y < y2; y++)
      for (let x = x1; x < x2; x++)
        if (shapes[label]?.((x + 0.5 - x1) / (x2 - x1), (y + 0.5 - y1) / (y2 - y1)))
          pixels.set(colour, (y * side + x) * 3)
  }
  return pixels
}

async function write(name: string, count: number, random: Random): Promise<Box[][]> {
  mkdirSync(join(folder, name), { recursive: true })
  const all = Array.from({ length: count }, () => boxesOf(random))
  for (const [i, boxes] of all.entries())
    await sharp(render(boxes, random), { raw: { width: side, height: side, channels: 3 } })
      .png()
      .toFile(join(folder, name, `${i}.png`))
  const lines = all.map((boxes, i) => [`${name}/${i}.png`, ...boxes.map((box) => box.join())].join(' '))
  writeFileSync(join(folder, `${name}.txt`), `${lines.join('\n')}\n`)
  return all
}

/** Instances of COCO. */
const coco = (all: readonly (readonly Box[])[]) => ({
  images: all.map((_, id) => ({ id, file_name: `${id}.png`, width: side, height: side })),
  categories: names.map((name, id) => ({ id, name })),
  annotations: all
    .flatMap((boxes, image) =>
      boxes.map(([x1, y1, x2, y2, label]) => ({ image, box: [x1, y1, x2 - x1, y2 - y1], label })),
    )
    .map(({ image, box, label }, i) => ({
      ...{ id: i + 1, image_id: image, category_id: label, bbox: box, iscrowd: 0 },
      area: (box[2] as number) * (box[3] as number),
    })),
})

const random = new Random(20)
await write('train', Number(trained), random)
writeFileSync(join(folder, 'held.json'), JSON.stringify(coco(await write('held', Number(held), random))))
