import { refuse } from '../../../io/index.js'
import type { Annotations } from '../../../yolo/index.js'
import type { BoxOptions } from './format.js'

type Range = Pick<BoxOptions, 'skip' | 'take'>

/** How many of some images are asked for. @throws InputError where none is */
function countOf(images: number, { skip = 0, take = images }: Range, path: string): number {
  const count = Math.max(0, Math.min(take, images - skip))
  return count > 0 ? count : refuse('E_ANNOTATION', path, `no image is left of ${images}`, 'look at --skip and --take')
}

/** Those images of a file that are asked for. @throws InputError where none is */
export function chosenImages(all: Annotations, range: Range, path: string): Annotations {
  const { skip = 0 } = range
  const weightOf = all.weightOf?.bind(all)
  return {
    images: countOf(all.images, range, path),
    nameOf: (image) => all.nameOf(image + skip),
    sizeOf: (image) => all.sizeOf(image + skip),
    countOf: (image) => all.countOf(image + skip),
    boxOf: (image, row) => all.boxOf(image + skip, row),
    placeOf: (image, row) => all.placeOf(image + skip, row),
    ...(weightOf && { weightOf: (image: number, row: number) => weightOf(image + skip, row) }),
  }
}

/** Those of a list that are asked for. @throws InputError where none is */
export function chosenFiles<T>(all: readonly T[], range: Range, path: string): readonly T[] {
  const { skip = 0 } = range
  return all.slice(skip, skip + countOf(all.length, range, path))
}
