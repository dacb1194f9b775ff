import { mostRows } from './boxes.js'
import { readBoxes } from './readboxes.js'

/** Of no matter: boxes are counted, not placed. */
const input = [32, 32] as const

/** The most boxes that an image of annotations has, at least one. @throws InputError as `readBoxes` */
export async function mostBoxes(paths: readonly string[], classNames?: readonly string[]): Promise<number> {
  let most = 1
  for (const path of paths) {
    const boxes = await readBoxes(path, { input, fit: 'none', ...(classNames && { classNames }) })
    most = Math.max(most, mostRows(boxes).rows)
  }
  return most
}
