import sharp from 'sharp'
import { Random } from '../../../src/io/random.js'
import type { Scene } from '../../../src/view/index.js'
import { picture } from '../../support/pictures.js'
import { sixteen } from '../../view/scene/sixteen.js'

/** The batch of sixteen images with pictures: its boxes in colours of their classes before a sky with some noise. */
export async function batchOf16(): Promise<Scene> {
  const random = new Random(16)
  const scene = sixteen()
  const { boxes } = scene.feeds
  const [count = 0, most = 0] = boxes?.shape ?? []
  const images: { name: string; picture: string }[] = []
  for (let i = 0; i < count; i++) {
    const own = Array.from({ length: most }, (_, t) => Array.from(boxes?.data.slice((i * most + t) * 5, (i * most + t + 1) * 5) ?? [], Number)) // biome-ignore format: one row
    const png = await picture(416, 416, (y, x) => {
      const inside = own.findLast(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => x >= x1 && x < x2 && y >= y1 && y < y2)
      return [90 + y / 4 + random.integer(0, 12), 110 + x / 8, ((inside?.[4] ?? 3) * 37) % 256]
    })
    const jpeg = await sharp(png).jpeg({ quality: 70 }).toBuffer()
    images.push({ name: `picture-${i}.jpg`, picture: `data:image/jpeg;base64,${jpeg.toString('base64')}` })
  }
  return { ...scene, images }
}
