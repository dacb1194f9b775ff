import { refuse } from '../../io/index.js'
import { clip } from './annotations.js'
import type { Size } from './assign.js'
import type { PlacedBox } from './listing.js'

const fields = ['class', 'cx', 'cy', 'w', 'h'] as const

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** A number of a row. @param where names file and line */
function parseField(word: string, k: number, where: string): number {
  const name = fields[k]
  if (k === 0) {
    if (/^\d{1,9}$/.test(word)) return Number(word)
    return refuse('E_ANNOTATION', where, `"${clip(word)}" is no class`, 'a class is a whole number from 0 on')
  }
  if (!decimal.test(word)) return refuse('E_ANNOTATION', where, `${name} "${clip(word)}" is no number`)
  const x = Number(word)
  if (x >= 0 && x <= 1) return x
  const remedy = 'coordinates are fractions of width and height of the image, not pixels'
  return refuse('E_ANNOTATION', where, `${name} ${clip(word)} is not from 0 to 1`, remedy)
}

function parseRow(words: readonly string[], [height, width]: Size, where: string): PlacedBox['box'] {
  if (words.length !== fields.length)
    refuse(
      'E_ANNOTATION',
      where,
      `has ${words.length} numbers, not 5`,
      `a row is ${fields.join(' ')}; outlines are not read`,
    )
  const [label = 0, cx = 0, cy = 0, w = 0, h = 0] = words.map((word, k) => parseField(word, k, where))
  // Six digits, as most tools write them, do not give whole pixels back exactly.
  const corners = [(cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height]
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = corners.map(Math.round)
  return [x1, y1, x2, y2, label]
}

/**
 * Boxes of a text file of Darknet and Ultralytics: a row `class cx cy w h` for each, centre and size as fractions of the
 * image. Corners are rounded to whole pixels.
 * @param file what to call it in messages
 * @param size height and width of the image in pixels
 * @throws InputError naming file and line for what is no such row
 */
export function fractionBoxes(text: string, file: string, size: Size): PlacedBox[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, i) => {
      const words = line.trim().split(/\s+/)
      if (words[0] === '') return []
      return [{ line: i + 1, box: parseRow(words, size, `${file}, line ${i + 1}`) }]
    })
}
