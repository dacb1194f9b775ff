import { dirname } from 'node:path'
import { readEntries } from '../../../io/index.js'
import { notesOnCoco } from '../../../notes/index.js'
import { CocoAnnotations, cocoLists } from '../../../yolo/index.js'
import { chosenImages } from './chosen.js'
import type { Format } from './format.js'
import { tellOf } from './tell.js'

/** Instances of COCO. */
export const coco: Format = {
  name: 'COCO instances',
  looks:
    'COCO instances (.json)            classes are its categories in the order of their ids, or of their names in --names FILE',
  claims: ({ head }) => /^\s*[{[]/.test(new TextDecoder().decode(head)),
  async read({ path }, options) {
    const all = new CocoAnnotations(path, options.classNames)
    const take = (list: string, i: number, entry: Parameters<typeof all.add>[2]) => all.add(list as 'images', i, entry)
    all.close(await readEntries(path, cocoLists, take, tellOf(path, options)))
    const { categories, crowds, firstCrowd } = all
    const { classes, classNames } = options
    options.tell(notesOnCoco({ file: path, categories, crowds, firstCrowd, classes, named: classNames !== undefined }))
    const named = classNames === undefined ? { classNames: categories } : {}
    return { annotations: chosenImages(all, options, path), fit: 'letterbox', padded: false, imagesIn: dirname(path), ...named } // biome-ignore format: one row
  },
}
