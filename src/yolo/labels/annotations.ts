import { refuse } from '../../io/index.js'

/** A box in pixels of its image: left, top, right, bottom, class. */
export type BoxRow = readonly [x1: number, y1: number, x2: number, y2: number, label: number]

/** An image with its boxes. */
export interface AnnotatedImage {
  /** Name of the image, as the file has it. */
  readonly name: string
  /** Height and width in pixels, if the file tells. */
  readonly size?: readonly [height: number, width: number]
  readonly boxes: readonly BoxRow[]
  /** Where each box stands, for messages: `line 3, box 2`. */
  readonly places: readonly string[]
}

/** Text from a file, safe to print and not too long. */
const clip = (text: string): string => text.slice(0, 80).replace(/[\p{Cc}\p{Cf}]/gu, '?')

/**
 * Annotation lines of keras-yolo3: `image x1,y1,x2,y2,class x1,y1,x2,y2,class …`, whole numbers, one image a line. A name
 * with a space would be cut at it, as there.
 *
 * Source: keras-yolo3, `yolo3/utils.py`, `get_random_data`.
 * @param file what to call it in messages
 * @throws InputError naming line and box
 */
export function parseLines(text: string, file: string): AnnotatedImage[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/(\r?\n)+$/, '')
    .split(/\r?\n/)
  return lines.map((line, i) => {
    const [name, ...words] = line.trim().split(/\s+/)
    if (!name) refuse('E_ANNOTATION', `${file}, line ${i + 1}`, 'the line is empty', 'remove it')
    const places = words.map((_, k) => `${file}, line ${i + 1}, box ${k + 1}`)
    return { name, places, boxes: words.map((word, k) => parseBox(word, places[k] as string)) }
  })
}

function parseBox(word: string, where: string): BoxRow {
  const numbers = word.split(',')
  if (numbers.length !== 5)
    refuse('E_ANNOTATION', where, `"${clip(word)}" has ${numbers.length} numbers, not 5`, 'write x1,y1,x2,y2,class')
  const odd = numbers.find((number) => !/^[+-]?\d{1,9}$/.test(number))
  if (odd !== undefined)
    refuse('E_ANNOTATION', where, `"${clip(odd)}" is no whole number`, 'keras-yolo3 reads whole pixels only')
  return numbers.map(Number) as unknown as BoxRow
}

interface CocoImage {
  readonly id: number
  readonly file_name?: string
  readonly width: number
  readonly height: number
}

interface CocoAnnotation {
  readonly image_id: number
  readonly category_id: number
  readonly bbox: readonly [x: number, y: number, width: number, height: number]
}

interface CocoCategory {
  readonly id: number
  readonly name: string
}

interface Table {
  readonly images: readonly CocoImage[]
  readonly annotations: readonly CocoAnnotation[]
  readonly categories: readonly CocoCategory[]
}

const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x)

const wellFormed = {
  images: (x: Partial<CocoImage>) => isNumber(x.id) && isNumber(x.width) && isNumber(x.height),
  annotations: (x: Partial<CocoAnnotation>) =>
    isNumber(x.image_id) &&
    isNumber(x.category_id) &&
    Array.isArray(x.bbox) &&
    x.bbox.length === 4 &&
    x.bbox.every(isNumber),
  categories: (x: Partial<CocoCategory>) => isNumber(x.id) && typeof x.name === 'string',
}

function tablesOf(json: unknown, file: string): Table {
  for (const [key, ok] of Object.entries(wellFormed)) {
    const list = (json as Record<string, unknown> | null)?.[key]
    if (!Array.isArray(list))
      refuse('E_ANNOTATION', file, `has no list "${key}"`, 'give the annotations of COCO instances, not results')
    const odd = list.findIndex((entry) => typeof entry !== 'object' || entry === null || !ok(entry))
    if (odd >= 0) refuse('E_ANNOTATION', file, `${key}[${odd}] lacks a field: ${clip(JSON.stringify(list[odd]))}`)
  }
  return json as Table
}

/**
 * Boxes of a COCO file of instances, images in its order, those without boxes too. Corners are cut to whole pixels:
 * `x1 = ⌊x⌋`, `x2 = x1 + ⌊w⌋`, as keras-yolo3's `coco_annotation.py` does. Classes are the categories in the order of
 * their ids, or, with `names`, the places of their names in it.
 * @param file what to call it in messages
 * @throws InputError for missing fields, images and categories, and for names that `names` has not
 */
export function parseCoco(json: unknown, names: readonly string[] | undefined, file: string): AnnotatedImage[] {
  const { images, annotations, categories } = tablesOf(json, file)
  const label = labelsOf(categories, names, file)
  const found = new Map(
    images.map(({ id, file_name, width, height }) => {
      const size = [height, width] as const
      return [id, { name: file_name ?? `image ${id}`, size, boxes: [] as BoxRow[], places: [] as string[] }]
    }),
  )
  for (const [i, { image_id, category_id, bbox }] of annotations.entries()) {
    const where = `${file}, annotations[${i}]`
    const image = found.get(image_id)
    const c = label.get(category_id)
    if (!image) refuse('E_ANNOTATION', where, `image ${image_id} is not among the images`)
    if (c === undefined) refuse('E_ANNOTATION', where, `category ${category_id} is not among the categories`)
    const [x, y, w, h] = bbox.map(Math.trunc) as [number, number, number, number]
    image.boxes.push([x, y, x + w, y + h, c])
    image.places.push(where)
  }
  return [...found.values()]
}

/** Class of each category id. */
function labelsOf(categories: readonly CocoCategory[], names: readonly string[] | undefined, file: string) {
  const sorted = [...categories].sort((a, b) => a.id - b.id)
  return new Map(
    sorted.map(({ id, name }, i) => {
      const c = names ? names.indexOf(name) : i
      if (c < 0) refuse('E_ANNOTATION', file, `category "${clip(name)}" is not among the class names`)
      return [id, c] as const
    }),
  )
}
