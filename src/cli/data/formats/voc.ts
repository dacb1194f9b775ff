import { dirname, join } from 'node:path'
import { isFolder, namesIn, readXml } from '../../../io/index.js'
import { classesOf, Listing, vocImage } from '../../../yolo/index.js'
import { paceOf } from '../pace.js'
import { chosenFiles } from './chosen.js'
import type { Format, Place } from './format.js'

const [annotations, pictures] = ['Annotations', 'JPEGImages'] as const

const isXml = (name: string): boolean => name.toLowerCase().endsWith('.xml')

const textOf = (head: Uint8Array): string =>
  new TextDecoder()
    .decode(head)
    .replace(/^\uFEFF/, '')
    .trimStart()

/** The files of a folder of VOC, or of one of its annotations, in the order of their names. */
function filesAt({ path, head, entries }: Place): string[] {
  if (head.length > 0) return [path]
  const folder = entries.includes(annotations) ? join(path, annotations) : path
  return namesIn(folder)
    .filter(isXml)
    .sort()
    .map((name) => join(folder, name))
}

/** Where the images of annotations lie: in the folder of VOC that is theirs, or beside them, where labelImg writes. */
function picturesOf({ path, head, entries }: Place): string {
  const own = head.length > 0 ? dirname(path) : entries.includes(annotations) ? join(path, annotations) : path
  const usual = join(own, '..', pictures)
  return isFolder(usual) ? usual : own
}

/** Annotations of Pascal VOC, a file for each image. */
export const voc: Format = {
  name: 'Pascal VOC',
  looks: `Pascal VOC (.xml, or a folder)    DIR/${annotations}/*.xml, or those of DIR; classes by name: those of VOC, or of --names FILE`,
  claims: ({ path, head, entries }) =>
    head.length > 0
      ? /^<(\?xml|annotation)/.test(textOf(head)) || (isXml(path) && textOf(head).startsWith('<'))
      : entries.includes(annotations) || entries.some(isXml),
  async read(place, options) {
    const files = chosenFiles(filesAt(place), options, place.path)
    const [classes, all] = [classesOf(options.classNames), new Listing()]
    const pace = paceOf(options.progress, files.length, `files of ${place.path}`)
    for (const [i, file] of files.entries()) {
      all.add(vocImage(await readXml(file), file, classes))
      await pace(i)
    }
    return { annotations: all, fit: 'letterbox', padded: false, imagesIn: picturesOf(place) }
  },
}
