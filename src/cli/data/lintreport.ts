import { once } from 'node:events'
import type { Progress } from '../../verify/index.js'
import { type AssignConfig, type BoxFinding, lintBoxes } from '../../yolo/index.js'
import { type Boxes, tableOfOne } from './boxes.js'
import { paceOf } from './pace.js'

type Size = readonly [height: number, width: number]

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** A box that would not be learnt as it stands, by where it stands. */
export interface OddBox extends Pick<BoxFinding, 'kind' | 'what'> {
  readonly where: string
  /** The box that writes over it. */
  readonly by?: string
}

/** What is made of the odd boxes of an image. */
type Take = (odd: readonly OddBox[]) => Promise<void> | void

/** Looks at all images, one after another. @returns how many boxes are odd */
async function lintAll(
  boxes: Boxes,
  size: Size,
  config: AssignConfig,
  progress: Progress,
  take: Take,
): Promise<number> {
  const pace = paceOf(progress, boxes.images, 'images looked at')
  let odd = 0
  for (let image = 0; image < boxes.images; image++) {
    const findings = lintBoxes(tableOfOne(boxes, image), size, config, boxes.padded)
    if (findings.length > 0) progress.end()
    const where = (row: number) => boxes.placeOf(image, row)
    await take(
      findings.map(({ kind, row, what, by }) => ({
        kind,
        where: where(row),
        what,
        ...(by !== undefined && { by: where(by) }),
      })),
    )
    odd += new Set(findings.map(({ row }) => row)).size
    await pace(image)
  }
  progress.end()
  return odd
}

/** Lines that are made before they are printed: an image may have hundred thousands. */
const atOnce = 1000

async function print(odd: readonly OddBox[]): Promise<void> {
  for (let at = 0; at < odd.length; at += atOnce) {
    const some = odd.slice(at, at + atOnce)
    const lines = some.map(
      ({ kind, where, what, by }) => `${kind}: ${where} ${what}${by === undefined ? '' : ` ${by}`}\n`,
    )
    // Whoever reads slowly would else have all lines wait in memory.
    if (!process.stdout.write(lines.join(''))) await once(process.stdout, 'drain')
  }
}

/** Prints the boxes that would not be learnt as they stand, image by image; whether there are any. */
export async function lintReport(boxes: Boxes, size: Size, config: AssignConfig, progress: Progress): Promise<boolean> {
  const odd = await lintAll(boxes, size, config, progress, print)
  process.stdout.write(`${plural(odd, 'odd box', 'odd boxes')} in ${plural(boxes.images, 'image', 'images')}\n`)
  return odd > 0
}

/** The same boxes as a list, for programs. */
export async function oddBoxes(boxes: Boxes, size: Size, config: AssignConfig, progress: Progress): Promise<OddBox[]> {
  const all: OddBox[] = []
  await lintAll(boxes, size, config, progress, (odd) => {
    for (const one of odd) all.push(one)
  })
  return all
}
