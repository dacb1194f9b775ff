import { once } from 'node:events'
import type { Progress } from '../../verify/index.js'
import { type AssignConfig, type BoxFinding, lintBoxes } from '../../yolo/index.js'
import { type Boxes, tableOfOne } from './boxes.js'
import { paceOf } from './pace.js'

type Size = readonly [height: number, width: number]

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`

/** Lines that are made before they are printed: an image may have hundred thousands. */
const atOnce = 1000

async function print(findings: readonly BoxFinding[], { placeOf }: Boxes, image: number): Promise<void> {
  const other = (by?: number) => (by === undefined ? '' : ` ${placeOf(image, by)}`)
  const lines = findings.map(({ kind, row, what, by }) => `${kind}: ${placeOf(image, row)} ${what}${other(by)}\n`)
  // Whoever reads slowly would else have all lines wait in memory.
  if (!process.stdout.write(lines.join(''))) await once(process.stdout, 'drain')
}

/** Prints the boxes that would not be learnt as they stand, image by image; whether there are any. */
export async function lintReport(boxes: Boxes, size: Size, config: AssignConfig, progress: Progress): Promise<boolean> {
  const pace = paceOf(progress, boxes.images, 'images looked at')
  let odd = 0
  for (let image = 0; image < boxes.images; image++) {
    const findings = lintBoxes(tableOfOne(boxes, image), size, config, boxes.padded)
    if (findings.length > 0) progress.end()
    for (let at = 0; at < findings.length; at += atOnce) await print(findings.slice(at, at + atOnce), boxes, image)
    odd += new Set(findings.map(({ row }) => row)).size
    await pace(image)
  }
  progress.end()
  process.stdout.write(`${plural(odd, 'odd box', 'odd boxes')} in ${plural(boxes.images, 'image', 'images')}\n`)
  return odd > 0
}
