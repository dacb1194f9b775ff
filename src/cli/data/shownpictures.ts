import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { framedJpeg, isForeseen, isImageName, namesIn, refuse } from '../../io/index.js'
import { notesOnPictures } from '../../notes/index.js'
import { type Fit, placedIn } from '../../yolo/index.js'
import type { Shell } from '../shell.js'

/** The files of the images of a batch, in its order; undefined where nobody names one. */
export type PicturePaths = readonly (string | undefined)[]

/** The images of a folder by name, as those of batches that have so many. @throws InputError for another number */
export function picturesIn(folder: string, images: number): PicturePaths {
  const names = namesIn(folder).filter(isImageName).sort()
  if (names.length === images) return names.map((name) => join(folder, name))
  const what = `holds ${names.length} images, and the batch has ${images}`
  return refuse('E_IMAGE', folder, what, 'images match by order, those of a folder by name')
}

/** An image as a page shows it. */
export interface ShownImage {
  readonly name: string
  readonly picture?: string
}

/**
 * Images as they lie in the network input. What cannot be shown is told of, and has a name alone.
 * @param input height and width of the network input in pixels
 */
export async function shownImages(
  paths: PicturePaths,
  input: readonly [number, number],
  fit: Fit,
  tell: Shell['tell'],
): Promise<ShownImage[]> {
  const shown: ShownImage[] = []
  const absent = paths.filter((path): path is string => path !== undefined && !existsSync(path))
  const undecoded: { path: string; why: string }[] = []
  let noDecoder: string | undefined
  for (const [i, path] of paths.entries()) {
    const name = path === undefined ? `image ${i}` : basename(path)
    const there = noDecoder === undefined && path !== undefined && !absent.includes(path)
    const found = there ? await pictureOf(path, input, fit) : {}
    if ('failed' in found && found.all) noDecoder = found.failed
    else if ('failed' in found && path !== undefined) undecoded.push({ path, why: found.failed })
    shown.push({ name, ...('picture' in found && { picture: found.picture }) })
  }
  tell(notesOnPictures({ absent, undecoded, noDecoder }))
  return shown
}

type Found = { readonly picture: string } | { readonly failed: string; readonly all: boolean } | Record<never, never>

/** The picture, or why there is none, and whether that holds for all of them. */
async function pictureOf(path: string, input: readonly [number, number], fit: Fit): Promise<Found> {
  try {
    const jpeg = await framedJpeg(path, input, (whole) => sized(placedIn(fit, whole, input)))
    return { picture: `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}` }
  } catch (error) {
    if (!isForeseen(error) || !['E_IMAGE', 'E_IMAGES'].includes(error.code)) throw error
    return { failed: error.what, all: error.code === 'E_IMAGES' }
  }
}

/** An image that is a line has at least a pixel of width. */
const sized = ({ size: [h, w], at }: ReturnType<typeof placedIn>) => ({
  size: [Math.max(h, 1), Math.max(w, 1)] as const,
  at,
})
