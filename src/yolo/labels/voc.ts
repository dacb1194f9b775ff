import { type Element, quoted, refuse } from '../../io/index.js'
import { clip } from './annotations.js'
import type { Size } from './assign.js'
import type { ListedImage, PlacedBox } from './listing.js'

/** The classes of Pascal VOC. Source: keras-yolo3, `voc_annotation.py`. */
export const vocClasses = [
  'aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow', 'diningtable', 'dog', 'horse',
  'motorbike', 'person', 'pottedplant', 'sheep', 'sofa', 'train', 'tvmonitor',
] as const // biome-ignore format: a table

const childOf = ({ children }: Element, name: string): Element | undefined =>
  children.find((child) => child.name === name)

/** The child of a name. @throws InputError naming the line of what lacks it */
function needed(element: Element, name: string, file: string): Element {
  const where = `${file}, line ${element.line}`
  return childOf(element, name) ?? refuse('E_ANNOTATION', where, `<${clip(element.name)}> has no <${name}>`)
}

const decimal = /^[+-]?\d{1,9}(?:\.\d{1,20})?$/

/** A whole number; decimals are cut off. */
function numberIn(element: Element, name: string, file: string): number {
  const { text, line } = needed(element, name, file)
  if (decimal.test(text)) return Math.trunc(Number(text))
  return refuse('E_ANNOTATION', `${file}, line ${line}`, `<${name}> "${clip(text)}" is no number`)
}

const corners = ['xmin', 'ymin', 'xmax', 'ymax'] as const

function boxOf(object: Element, classes: ReadonlyMap<string, number>, file: string): PlacedBox {
  const name = needed(object, 'name', file)
  const label = classes.get(name.text)
  if (label === undefined) {
    const what = `class ${quoted(name.text)} is not among the ${classes.size} names of the classes`
    refuse('E_ANNOTATION', `${file}, line ${name.line}`, what, 'name them with --names FILE, a name in each line')
  }
  const bounds = needed(object, 'bndbox', file)
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners.map((corner) => numberIn(bounds, corner, file))
  return { line: object.line, box: [x1, y1, x2, y2, label] }
}

function sizeIn(root: Element, file: string): Size | undefined {
  const size = childOf(root, 'size')
  return size && [numberIn(size, 'height', file), numberIn(size, 'width', file)]
}

/** Classes by name. */
export const classesOf = (names: readonly string[] = vocClasses): ReadonlyMap<string, number> =>
  new Map(names.map((name, label) => [name, label]))

/**
 * The image of an annotation of Pascal VOC, with those of its objects that are not difficult; corners are as they stand,
 * without their decimals.
 *
 * Source: keras-yolo3, `voc_annotation.py`, which leaves difficult objects out.
 * @param file what to call it in messages
 * @throws InputError naming file and line for what is missing or no number, and for a class without a place
 */
export function vocImage(root: Element, file: string, classes: ReadonlyMap<string, number>): ListedImage {
  if (root.name !== 'annotation') {
    const what = `the root is <${clip(root.name)}>, not <annotation>`
    refuse('E_ANNOTATION', file, what, 'annotations are those of Pascal VOC')
  }
  const objects = root.children.filter(({ name }) => name === 'object')
  const kept = objects.filter((object) => childOf(object, 'difficult')?.text !== '1')
  const name = needed(root, 'filename', file).text
  return { name, file, size: sizeIn(root, file), boxes: kept.map((object) => boxOf(object, classes, file)) }
}
