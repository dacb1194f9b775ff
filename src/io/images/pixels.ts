import type { SharpConstructor } from 'sharp'
import { Fault, isForeseen, refuse } from '../fault.js'
import { readBytes } from '../files/read.js'
import type { Size } from './format.js'

/** An image as numbers. */
export interface Pixels {
  /** Height and width of the whole image, as it is shown, before it was scaled. */
  readonly whole: Size
  /** Height and width of what is here. */
  readonly size: Size
  /** Red, green and blue of each pixel from 0 to 255, row after row from the top. */
  readonly data: Uint8Array
}

// Here and not above: it is needed for pictures alone, and need not be installed.
async function loadSharp(): Promise<SharpConstructor> {
  try {
    const { default: sharp } = await import('sharp')
    return sharp
  } catch (cause) {
    const what = 'it decodes images, and is not installed or does not run here'
    throw new Fault('runtime', 'E_IMAGES', { where: 'sharp', what, remedy: 'npm install sharp' }, { cause })
  }
}

/** Pixels of a side, as JPEG can have, and of an image: a few bytes may claim many, and scaling holds lines of them. */
const [longestSide, mostPixels] = [2 ** 16 - 1, 2 ** 27] as const

/** Why an image could not be decoded, on one line. */
const reasonOf = (error: unknown): string => String((error as Error).message).split('\n')[0] as string

/**
 * Decodes an image, turned as its EXIF orientation says, and scales it by bicubic interpolation. Transparency is dropped.
 * @param sizeFor the size to scale it to, for the size it has
 * @throws InputError for what is no JPEG, PNG or WebP image, a broken one, or one of more pixels than the limits; Fault of the runtime without the package sharp
 */
export async function readPixels(path: string, sizeFor: (whole: Size) => Size): Promise<Pixels> {
  const bytes = await readBytes(path)
  const sharp = await loadSharp()
  try {
    const image = sharp(bytes, { failOn: 'error', limitInputPixels: false }).autoOrient()
    const { autoOrient } = await image.metadata()
    const whole: Size = [autoOrient.height, autoOrient.width]
    const [long, pixels] = [Math.max(...whole), whole[0] * whole[1]]
    if (long > longestSide || pixels > mostPixels) {
      const what = `the image is ${whole[1]} wide and ${whole[0]} high, more than ${longestSide} a side or ${mostPixels} pixels`
      refuse('E_IMAGE', path, what, 'make it smaller, or leave it out')
    }
    const [height, width] = sizeFor(whole)
    const data = await image
      .resize({ width, height, fit: 'fill', kernel: 'cubic' })
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer()
    return { whole, size: [height, width], data }
  } catch (error) {
    if (isForeseen(error)) throw error
    return refuse('E_IMAGE', path, `this image cannot be decoded: ${reasonOf(error)}`, 'JPEG, PNG and WebP are', error)
  }
}

/** A rectangle and words beside it, in pixels of an image. */
export interface Mark {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly text: string
  /** As CSS has it. */
  readonly colour: string
}

const inXml = (text: string): string =>
  text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ')

function drawn({ left, top, right, bottom, text, colour }: Mark, line: number): string {
  const [width, height, size] = [Math.max(right - left, 1), Math.max(bottom - top, 1), Math.max(6 * line, 10)]
  const box = `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="${colour}" stroke-width="${line}"/>`
  const font = `font-family="sans-serif" font-size="${size}"`
  const at = (shift: number) => `x="${left + line + shift}" y="${Math.max(top - line, size) + shift}"`
  const words = inXml(text)
  // Black below it, for whatever is behind may be of its colour.
  return `${box}<text ${at(1)} ${font} fill="#000">${words}</text><text ${at(0)} ${font} fill="${colour}">${words}</text>`
}

/**
 * An image with marks drawn onto it, as PNG.
 * @throws as `readPixels`
 */
export async function drawMarks(path: string, marks: readonly Mark[]): Promise<Uint8Array> {
  const { whole, data } = await readPixels(path, (size) => size)
  const [height, width] = whole
  const line = Math.max(1, Math.round(Math.min(height, width) / 200))
  const shapes = marks.map((mark) => drawn(mark, line)).join('')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer()
}

/** Where an image stands on a canvas: its own size there, and how far from the top and the left. */
export interface Framing {
  readonly size: Size
  readonly at: readonly [top: number, left: number]
}

/** Grey beside an image, as bars of a letterbox have it. Source: keras-yolo3, `yolo3/utils.py`, `get_random_data`. */
const grey = { r: 128, g: 128, b: 128 }

/** Few bytes, in which one still sees what is where. */
const quality = 60

/**
 * An image on a grey canvas as a small JPEG.
 * @param canvas height and width in pixels
 * @throws as `readPixels`
 */
export async function framedJpeg(path: string, canvas: Size, place: (whole: Size) => Framing): Promise<Uint8Array> {
  const { whole, size, data } = await readPixels(path, (own) => place(own).size)
  const [top, left] = place(whole).at
  const bars = { top, left, bottom: canvas[0] - size[0] - top, right: canvas[1] - size[1] - left }
  const sharp = await loadSharp()
  return sharp(data, { raw: { width: size[1], height: size[0], channels: 3 } })
    .extend({ ...bars, background: grey })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer()
}
