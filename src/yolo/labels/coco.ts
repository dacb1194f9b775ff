import { type Entry, refuse } from '../../io/index.js'
import { type Annotations, type BoxRow, clip } from './annotations.js'
import type { Size } from './assign.js'
import { Table } from './table.js'

/** What is read of the lists of a COCO file. */
export const cocoLists = {
  images: ['id', 'file_name', 'width', 'height'],
  annotations: ['image_id', 'category_id', 'bbox', 'iscrowd'],
  categories: ['id', 'name'],
} as const

type List = keyof typeof cocoLists

const isNumber = (x: unknown): x is number => typeof x === 'number' && Number.isFinite(x)

const wellFormed: Readonly<Record<List, (x: Entry) => boolean>> = {
  images: (x) => isNumber(x.id) && isNumber(x.width) && isNumber(x.height),
  annotations: (x) =>
    isNumber(x.image_id) &&
    isNumber(x.category_id) &&
    Array.isArray(x.bbox) &&
    x.bbox.length === 4 &&
    x.bbox.every(isNumber),
  categories: (x) => isNumber(x.id) && typeof x.name === 'string',
}

interface Image {
  readonly name: string
  readonly size: Size
}

/** Columns of an annotation; the place of its image takes that of its id, and its class that of its category. */
const [imageColumn, labelColumn, boxColumn] = [0, 1, 2] as const

/**
 * Boxes of a COCO file of instances, images in its order, those without boxes too. Corners are cut to whole pixels:
 * `x1 = ⌊x⌋`, `x2 = x1 + ⌊w⌋`, as keras-yolo3's `coco_annotation.py` does. Classes are the categories in the order of
 * their ids, or, with names, the places of their names among those.
 */
export class CocoAnnotations implements Annotations {
  readonly #images: Image[] = []
  readonly #placeOfImage = new Map<number, number>()
  readonly #categories: { readonly id: number; readonly name: string }[] = []
  readonly #boxes = new Table(6)
  /** Annotations image by image, and where those of each image end. */
  #order: Uint32Array = new Uint32Array()
  #ends: Uint32Array = new Uint32Array()
  #crowds = 0
  #firstCrowd: number | undefined

  /** @param file what to call it in messages @param names of the classes */
  constructor(
    readonly file: string,
    readonly names: readonly string[] | undefined,
  ) {}

  /** Adds an entry of a list. @throws InputError for missing fields, and ids that come twice */
  add(list: List, index: number, entry: Entry | undefined): void {
    if (!entry || !wellFormed[list](entry))
      refuse('E_ANNOTATION', this.file, `${list}[${index}] lacks a field: ${clip(JSON.stringify(entry ?? null))}`)
    const found = entry as Readonly<Record<string, number>>
    if (list === 'images') this.#addImage(index, entry)
    else if (list === 'categories') this.#categories.push({ id: found.id as number, name: String(entry.name) })
    else {
      const [x, y, w, h] = (entry.bbox as number[]).map(Math.trunc) as [number, number, number, number]
      this.#boxes.push([found.image_id as number, found.category_id as number, x, y, x + w, y + h])
      if (entry.iscrowd) this.#crowds++
      if (entry.iscrowd) this.#firstCrowd ??= index
    }
  }

  #addImage(index: number, { id, file_name, width, height }: Entry): void {
    const other = this.#placeOfImage.get(id as number)
    if (other !== undefined)
      refuse(
        'E_ANNOTATION',
        this.file,
        `images[${index}] has id ${id}, and so has images[${other}]`,
        'give each its own',
      )
    this.#placeOfImage.set(id as number, index)
    const name = typeof file_name === 'string' ? file_name : `image ${id}`
    this.#images.push({ name, size: [height as number, width as number] })
  }

  /**
   * Brings images, boxes and classes together, when all are added.
   * @param found the lists that were there
   * @throws InputError for missing lists, images and categories, and for names that the classes have not
   */
  close(found: ReadonlySet<string>): void {
    for (const list of Object.keys(cocoLists))
      if (!found.has(list))
        refuse(
          'E_ANNOTATION',
          this.file,
          `has no list "${list}"`,
          'give the annotations of COCO instances, not results',
        )
    const label = this.#labels()
    const counts = new Uint32Array(this.images)
    for (let i = 0; i < this.#boxes.length; i++) {
      const image = this.#known(this.#placeOfImage, i, imageColumn, 'image')
      this.#boxes.set(i, imageColumn, image)
      this.#boxes.set(i, labelColumn, this.#known(label, i, labelColumn, 'category'))
      counts[image] = (counts[image] as number) + 1
    }
    this.#sort(counts)
  }

  /** What an id of an annotation stands for. */
  #known(places: ReadonlyMap<number, number>, i: number, column: number, noun: 'image' | 'category'): number {
    const id = this.#boxes.at(i, column)
    const plural = noun === 'image' ? 'images' : 'categories'
    const place = `${this.file}, annotations[${i}]`
    return places.get(id) ?? refuse('E_ANNOTATION', place, `${noun} ${id} is not among the ${plural}`)
  }

  /** Class of each category id. */
  #labels(): Map<number, number> {
    const sorted = this.#categories.sort((a, b) => a.id - b.id)
    const places = this.names && new Map([...this.names.entries()].reverse().map(([i, name]) => [name, i]))
    return new Map(
      sorted.map(({ id, name }, i) => {
        const c = places ? places.get(name) : i
        if (c === undefined)
          return refuse('E_ANNOTATION', this.file, `category "${clip(name)}" is not among the class names`)
        return [id, c] as const
      }),
    )
  }

  #sort(counts: Uint32Array): void {
    // Where the next annotation of an image goes, which in the end is where its annotations end.
    const ends = counts
    let sum = 0
    for (const [image, count] of counts.entries()) {
      ends[image] = sum
      sum += count
    }
    this.#order = new Uint32Array(this.#boxes.length)
    for (let i = 0; i < this.#boxes.length; i++) {
      const image = this.#boxes.at(i, imageColumn)
      const at = ends[image] as number
      this.#order[at] = i
      ends[image] = at + 1
    }
    this.#ends = ends
  }

  /** Names of the categories in the order of their ids. */
  get categories(): readonly string[] {
    return this.#categories.map(({ name }) => name)
  }

  /** How many boxes are around a crowd. */
  get crowds(): number {
    return this.#crowds
  }

  /** Where the first of them stands. */
  get firstCrowd(): string | undefined {
    return this.#firstCrowd === undefined ? undefined : `${this.file}, annotations[${this.#firstCrowd}]`
  }

  get images(): number {
    return this.#images.length
  }

  nameOf(image: number): string {
    return (this.#images[image] as Image).name
  }

  sizeOf(image: number): Size {
    return (this.#images[image] as Image).size
  }

  countOf(image: number): number {
    return (this.#ends[image] as number) - (this.#ends[image - 1] ?? 0)
  }

  boxOf(image: number, row: number): BoxRow {
    const i = this.#annotation(image, row)
    const corners = [0, 1, 2, 3].map((k) => this.#boxes.at(i, boxColumn + k))
    return [...corners, this.#boxes.at(i, labelColumn)] as unknown as BoxRow
  }

  placeOf(image: number, row: number): string {
    return `${this.file}, annotations[${this.#annotation(image, row)}]`
  }

  #annotation(image: number, row: number): number {
    return this.#order[(this.#ends[image - 1] ?? 0) + row] as number
  }
}
