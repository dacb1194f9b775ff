import { dirname } from 'node:path'
import { readLines } from '../../../io/index.js'
import { LineAnnotations } from '../../../yolo/index.js'
import { chosenImages } from './chosen.js'
import type { Format } from './format.js'
import { tellOf } from './tell.js'

/** Lines of keras-yolo3, which any other file is taken for. */
export const lines: Format = {
  name: 'annotation lines',
  looks: 'annotation lines of keras-yolo3   image.jpg x1,y1,x2,y2,class x1,y1,x2,y2,class …',
  claims: ({ head }) => head.length > 0,
  async read({ path }, options) {
    const all = new LineAnnotations(path)
    await readLines(path, (line) => all.add(line), tellOf(path, options))
    return { annotations: chosenImages(all, options, path), fit: 'letterbox', padded: false, imagesIn: dirname(path) }
  },
}
