import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { Random } from '../../src/io/random.js'

/** A box in pixels of its picture, and its class. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

/** Colours of the classes, red green blue. */
const colours = [[230, 40, 30], [40, 200, 60], [50, 80, 240], [240, 220, 40]] as const // biome-ignore format: one row

/** A PNG of one colour, or of `pixel` at each place. */
export function picture(
  height: number,
  width: number,
  pixel: (y: number, x: number) => readonly number[],
): Promise<Buffer> {
  const data = Buffer.alloc(height * width * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(pixel(y, x), (y * width + x) * 3)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer()
}

/** Rectangles in the colours of their classes on dark noise. */
export const scene = (height: number, width: number, boxes: readonly Box[], random: Random): Promise<Buffer> =>
  picture(height, width, (y, x) => {
    const inside = boxes.findLast(([x1, y1, x2, y2]) => x >= x1 && x < x2 && y >= y1 && y < y2)
    const noise = random.integer(0, 40)
    return inside ? (colours[inside[4]] as readonly number[]) : [noise + 20, noise + 20, noise + 20]
  })

/** A box of some size somewhere in a picture. */
export function someBox(height: number, width: number, classes: number, random: Random): Box {
  const side = (of: number) => random.integer(Math.ceil(of / 8), Math.floor(of / 3))
  const [w, h] = [side(width), side(height)]
  const [x, y] = [random.integer(0, width - w - 1), random.integer(0, height - h - 1)]
  return [x, y, x + w, y + h, random.integer(0, classes - 1)]
}

/** Pictures with one or two boxes each, as `name/0.png` and so on, and their annotations as `name.txt`. */
export async function scenesOf(name: string, count: number, classes: number, seed: number) {
  const random = new Random(seed)
  const files: Record<string, Uint8Array | string> = {}
  const lines: string[] = []
  for (let i = 0; i < count; i++) {
    const [height, width] = [random.integer(64, 128), random.integer(64, 128)]
    const boxes = Array.from({ length: 1 + (i % 2) }, () => someBox(height, width, classes, random))
    files[`${name}/${i}.png`] = await scene(height, width, boxes, random)
    lines.push([`${name}/${i}.png`, ...boxes.map((box) => box.join())].join(' '))
  }
  files[`${name}.txt`] = `${lines.join('\n')}\n`
  return { files, lines }
}

/** The same, written into a folder. @returns the lines of the annotations */
export async function writeScenes(
  folder: string,
  name: string,
  count: number,
  classes: number,
  seed: number,
): Promise<string[]> {
  const { files, lines } = await scenesOf(name, count, classes, seed)
  mkdirSync(join(folder, name), { recursive: true })
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content)
  return lines
}
