import { dirname } from 'node:path'
import { listed, quoted, readArrays, refuse } from '../../../io/index.js'
import { elementAt } from '../../../verify/index.js'
import { type Annotations, type BoxRow, boxNumbers } from '../../../yolo/index.js'
import { chosenImages } from './chosen.js'
import type { Format } from './format.js'

async function boxesIn(path: string) {
  const arrays = await readArrays(path)
  const [only, ...others] = arrays
  const boxes = arrays.get('boxes') ?? (others.length === 0 ? only?.[1] : undefined)
  if (!boxes) {
    const what = `holds ${listed([...arrays.keys()])}`
    return refuse('E_BOXES', path, what, `name the array of boxes ${quoted('boxes')}`)
  }
  const [, , count = 0] = boxes.shape
  if (boxes.shape.length === 3 && (count === boxNumbers || count === boxNumbers + 1)) return boxes
  const what = `the array is ${boxes.dtype}[${boxes.shape}], neither [B,T,5] nor [B,T,6]`
  return refuse('E_BOXES', path, what, 'rows are x1 y1 x2 y2 class, and perhaps an objectness')
}

/** An array in pixels of the network input. */
export const array: Format = {
  name: 'an array',
  looks:
    'an array [B,T,5] (.npy, .npz)     rows x1 y1 x2 y2 class in pixels of the network input; [B,T,6] with an objectness',
  claims: ({ head }) => head[0] === 0x93 || Buffer.from(head).toString('latin1', 0, 2) === 'PK',
  async read({ path }, options) {
    const boxes = await boxesIn(path)
    const [images = 0, rows = 0, count = 0] = boxes.shape
    if (options.fit && options.fit !== 'none' && !options.imageSize)
      refuse('E_BOXES', path, 'an array does not tell the size of its images', 'give --image-size')
    const number = (image: number, row: number, k: number) => Number(elementAt(boxes, (image * rows + row) * count + k))
    const all: Annotations = {
      images,
      nameOf: (image) => `image ${image}`,
      sizeOf: () => undefined,
      countOf: () => rows,
      boxOf: (image, row) => [0, 1, 2, 3, 4].map((k) => number(image, row, k)) as unknown as BoxRow,
      placeOf: (image, row) => `${path}, image ${image}, row ${row}`,
      ...(count > boxNumbers && { weightOf: (image: number, row: number) => number(image, row, boxNumbers) }),
    }
    return { annotations: chosenImages(all, options, path), fit: 'none', padded: true, imagesIn: dirname(path) }
  },
}
