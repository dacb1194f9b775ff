import { resolve } from 'node:path'
import { type Fault, quoted, readImageSize, refuse } from '../../../io/index.js'
import type { Size } from './format.js'

/** The size in the header of an image file. @param file that names it @throws InputError with what to give instead */
export async function measured(name: string, folder: string, file: string): Promise<Size> {
  try {
    return await readImageSize(resolve(folder, name), name)
  } catch (error) {
    const what = `the size of ${quoted(name)} is not known: ${(error as Fault).lead}`
    const remedy = 'give --images DIR, --image-size HxW for all, or --fit none if boxes are in pixels of the input'
    return refuse('E_IMAGE', file, what, remedy, error)
  }
}
