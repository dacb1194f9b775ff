import { isFolder, namesIn, readHead, refuse, refuseOtherKinds } from '../../../io/index.js'
import { array } from './array.js'
import { coco } from './coco.js'
import type { Format, Place } from './format.js'
import { lines } from './lines.js'
import { voc } from './voc.js'
import { yolo } from './yolo.js'

/** In the order in which a path is held against them. */
const formats: readonly Format[] = [array, coco, voc, yolo, lines]

/** How boxes may be written down, a line for each format. */
export const formatsInHelp: readonly string[] = [lines, yolo, voc, coco, array].map(({ looks }) => looks)

const none = new Uint8Array()

/** What a path leads to, and the format of its boxes. @throws InputError for what has none of the formats */
export async function formatOf(path: string): Promise<{ readonly format: Format; readonly place: Place }> {
  const folder = isFolder(path)
  const place = { path, head: folder ? none : await readHead(path), entries: folder ? namesIn(path) : [] }
  const format = formats.find((own) => own.claims(place))
  if (format === lines) refuseOtherKinds(place.head, path)
  if (format) return { format, place }
  return refuse(
    'E_ANNOTATION',
    path,
    'this folder holds neither labels/*.txt nor Annotations/*.xml',
    'name one that does',
  )
}
