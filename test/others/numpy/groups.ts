import { float32, type Tensor } from '../../../src/io/tensor.js'
import { Random } from '../../../src/io/random.js'
import { families, wholeCentres } from './families.js'
import { probes } from './probes.js'
import { type Row, zeroRow } from './rows.js'
import { type Setting, settings, smallSettings } from './settings.js'

/** Boxes of one shape `[B,T,5]`, for one setting. */
export interface Group extends Setting {
  /** What is particular about the boxes. */
  readonly family: string
  readonly boxes: Tensor<'float32'>
  /** Whether some images may be refused, so that each is to be run by itself. */
  readonly alone: boolean
}

/** Numbers in the targets of a batch: 240 MB. */
const mostNumbers = 6e7

const mostImages = 64

function imagesOf({ size: [height, width], config: { anchorMask, classes } }: Setting): number {
  const cells = anchorMask.map((mask, l) => mask.length * (height / (32 / 2 ** l)) * (width / (32 / 2 ** l)))
  return Math.min(mostImages, Math.floor(mostNumbers / (cells.reduce((a, b) => a + b) * (5 + classes))))
}

const group = (setting: Setting, family: string, images: readonly (readonly Row[])[], alone = false): Group => {
  const shape = [images.length, images[0]?.length ?? 0, 5]
  return { ...setting, family, alone, boxes: float32(shape, images.flat(2)) }
}

/** Rows as images of `count`, the last filled up with zero rows. */
function inImages(rows: readonly Row[], count: number): Row[][] {
  const starts = Array.from({ length: Math.ceil(rows.length / count) }, (_, i) => i * count)
  return starts.map((start) => Array.from({ length: count }, (_, t) => rows[start + t] ?? zeroRow))
}

/** All groups, the same for the same seed. */
export function* groupsFrom(seed: number): Generator<Group> {
  const random = new Random(seed)
  for (const setting of settings) {
    const most = imagesOf(setting)
    for (const [name, family] of Object.entries(families)) {
      const [batch, count] = name === 'any' ? [most, 40] : [20, random.integer(24, 40)]
      const images = Array.from({ length: Math.min(batch, most) }, () => family(random, setting, count))
      yield group(setting, name, images)
    }
    const images = inImages(wholeCentres(random, setting), 40)
    for (let i = 0; i < images.length; i += most) yield group(setting, 'wholeCentres', images.slice(i, i + most))
  }
  for (const setting of smallSettings)
    for (const [name, images] of Object.entries(probes(random, setting))) yield group(setting, name, images, true)
}
