import { describe, it } from 'vitest'
import { encodeNpy } from '../../src/io/arrays/npy.js'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32 } from '../../src/io/tensor.js'
import { golden } from './entry.js'
import { workIn } from './place.js'

const coco = (images: unknown, annotations: unknown, categories: unknown = [{ id: 5, name: 'cat' }]) => ({
  images,
  annotations,
  categories,
})
const image = { id: 1, file_name: 'a.png', width: 256, height: 192 }
const box = { image_id: 1, category_id: 5, bbox: [20, 30, 100, 120] }
const table = float32([1, 2, 5], [10, 15, 60, 75, 3, 0, 0, 0, 0, 0])
const [boxes, other] = ['boxes', 'other'].map((name) => ({ name, tensor: table }))

const good = {
  'good.txt': 'a.png 20,30,120,150,3 130,20,240,90,19\nb.png\n',
  'odd.txt': 'a.png 20,30,120,150,3 22,30,122,150,4\nb.png 10,10,40,10,2 30,30,50,50,20\nc.png 10,20,300,90,0\n',
  'good.json': coco([image], [box]),
  'good.npy': encodeNpy(table),
  'good.npz': await encodeNpz([boxes, other].slice(0, 1) as never),
  'names.txt': 'dog\ncat\n',
}

const wrong = {
  'five.txt': 'a.png 1,2,30,40\n',
  'half.txt': 'a.png 1,2,30.5,40,0\n',
  'gap.txt': 'a.png 1,2,30,40,0\n\nb.png 1,2,30,40,0\n',
  'class.txt': 'a.png 1,2,30,40,20\n',
  'negative.txt': 'a.png 1,2,30,40,-1\n',
  'outside.txt': 'a.png 1,2,300,40,0\n',
  'empty.txt': '',
  'cut.json': '{"images": ',
  'results.json': '[{"image_id": 1}]',
  'fields.json': coco([{ id: 1 }], []),
  'stranger.json': coco([image], [{ ...box, image_id: 2 }]),
  'category.json': coco([image], [{ ...box, category_id: 6 }]),
  'bbox.json': coco([image], [{ ...box, bbox: [1, 2, 3] }]),
  'names.json': coco([image], [box], [{ id: 5, name: 'horse' }]),
  'rank.npy': encodeNpy(float32([2, 5], Array(10).fill(1))),
  'columns.npy': encodeNpy(float32([1, 2, 4], Array(8).fill(1))),
  'two.npz': await encodeNpz([{ name: 'a', tensor: table }, other as never]),
  'infinite.npy': encodeNpy(float32([1, 1, 5], [1, 2, Number.POSITIVE_INFINITY, 40, 0])),
  'image.txt': 'names.txt 1,2,30,40,0\n',
}

await workIn({ ...good, ...wrong })

const targets = (file: string, more = '--fit none -o out.npz'): string =>
  `targets ${file} --preset yolov3-voc --input 96x128 ${more}`

describe('targets', () => {
  it('are told by name and shape, odd boxes by where they stand', () =>
    golden('reports/targets', [
      targets('good.txt', '--image-size 192x256 -o lines.npz'),
      targets('good.txt', '--image-size 192x256 -o lines --fit stretch'),
      targets('good.json', '-o coco.npz'),
      targets('good.json', '--classes names.txt -o named.npz'),
      targets('good.npy', '-o npy.npz'),
      targets('good.npz', '-o npz.npz'),
      targets('good.npz', '-o npz.npz --fit letterbox --image-size 192x256'),
      targets('good.txt', '--image-size 192x256 --lint'),
      targets('odd.txt', '--image-size 192x256 --lint'),
      targets('odd.txt', '--image-size 192x256 --lint -o odd.npz'),
      targets('odd.txt', '--image-size 192x256 --lint --take 1'),
    ]))

  it('are refused', () =>
    golden('errors/boxes', [
      ...Object.keys(wrong).map((file) => targets(file)),
      targets('names.json', '--classes names.txt -o out.npz'),
      targets('good.txt', '-o out.npz'),
      targets('image.txt', '-o out.npz'),
      targets('good.txt', '--images nowhere -o out.npz'),
      targets('good.npy', '--fit letterbox -o out.npz'),
      targets('good.txt', '--image-size 192x256 --skip 2 -o out.npz'),
      targets('odd.txt', '--image-size 192x256 -o out.npz'),
      targets('none.txt'),
      targets('good.txt', '-o good.txt'),
      targets('good.json', '--classes names.txt -o names.txt'),
      targets('good.json', '-o nowhere/out.npz'),
      targets('good.json', '-o good.npy'),
    ]))
})
