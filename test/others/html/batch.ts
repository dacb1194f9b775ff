import sharp from 'sharp'
import { float32 } from '../../../src/io/index.js'
import { Random } from '../../../src/io/random.js'
import type { Scene } from '../../../src/view/index.js'
import { resolveConfig } from '../../../src/yolo/index.js'
import { picture, someBox } from '../../support/pictures.js'

const [images, size, most] = [16, 416, 6]

/** A batch of sixteen pictures of 416 pixels with up to six boxes each, and what a network that has learnt little says. */
export async function batchOf16(): Promise<Scene> {
  const random = new Random(16)
  const config = resolveConfig({ preset: 'yolov3-coco', labels: 'boxes' })
  const boxes = new Float32Array(images * most * 5)
  const pictures: { name: string; picture: string }[] = []
  for (let i = 0; i < images; i++) {
    const own = Array.from({ length: 1 + (i % most) }, () => someBox(size, size, 80, random))
    for (const [t, box] of own.entries()) boxes.set(box, (i * most + t) * 5)
    const png = await picture(size, size, (y, x) => {
      const inside = own.findLast(([x1, y1, x2, y2]) => x >= x1 && x < x2 && y >= y1 && y < y2)
      return [90 + y / 4 + random.integer(0, 12), 110 + x / 8, inside ? (inside[4] * 37) % 256 : 120]
    })
    const jpeg = await sharp(png).jpeg({ quality: 70 }).toBuffer()
    pictures.push({ name: `picture-${i}.jpg`, picture: `data:image/jpeg;base64,${jpeg.toString('base64')}` })
  }
  const feeds = Object.fromEntries(
    [13, 26, 52].map((cells, l) => {
      const shape = [images, cells, cells, 3 * 85]
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1))
      for (let i = 0; i < data.length; i++) data[i] = 4 * random.uniform() - 2 - (i % 85 >= 4 ? 3 : 0)
      return [`y_pred_${l}`, float32(shape, data)]
    }),
  )
  return { name: 'sixteen', config, feeds: { ...feeds, boxes: float32([images, most, 5], boxes) }, images: pictures }
}
