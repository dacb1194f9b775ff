import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeNpz, encodeNpz, type Tensor } from '../../../src/io/index.js'
import type { Group } from './groups.js'

/** Targets of one scale: the places of all numbers but +0, in order, and their bits. */
export interface Sparse {
  readonly shape: readonly number[]
  readonly index: Int32Array
  readonly bits: Int32Array
}

/** What the original did with an image that was run alone. */
export interface Happened {
  /** Class of the exception. */
  readonly raised: string | null
  /** Writes with a negative index. */
  readonly wrapped: number
  /** Writes of a class onto place, size or objectness. */
  readonly foreign: number
  /** Rows that are written nowhere, as no mask has their anchor. */
  readonly dropped: readonly number[]
}

export interface Answer {
  readonly targets: readonly Sparse[]
  /** For each image that was run alone; those that raised have no targets. */
  readonly happened: readonly Happened[]
}

/** What `original.py` runs. */
export async function writeGroup(folder: string, name: string, group: Group): Promise<void> {
  const { size, config, alone, boxes } = group
  const { anchors, anchorMask: anchor_mask, classes } = config
  await writeFile(join(folder, `${name}.json`), JSON.stringify({ size, anchors, anchor_mask, classes, alone }))
  await writeFile(join(folder, `${name}.npz`), await encodeNpz([{ name: 'boxes', tensor: boxes }]))
}

/** Runs the original on everything in the folder. @throws Error if it is not the original, or failed */
export function runOriginal(python: string, wheel: string, folder: string): void {
  const script = fileURLToPath(new URL('original.py', import.meta.url))
  execFileSync(python, ['-B', script, wheel, folder], { stdio: 'inherit' })
}

export async function readAnswer(folder: string, name: string): Promise<Answer> {
  const arrays = await decodeNpz(await readFile(join(folder, `${name}.out.npz`)), name)
  const ints = (of: string) => (arrays.get(of) as Tensor<'int32'>).data
  const targets = Array.from({ length: arrays.size / 3 }, (_, l) => ({
    shape: [...ints(`shape_${l}`)],
    index: ints(`index_${l}`),
    bits: ints(`bits_${l}`),
  }))
  return { targets, happened: JSON.parse(await readFile(join(folder, `${name}.out.json`), 'utf8')) }
}

/** The targets of one image of a batch. */
export const imageOf = (targets: readonly Sparse[], image: number): Sparse[] =>
  targets.map(({ shape: [, ...shape], index, bits }) => {
    const size = shape.reduce((a, b) => a * b, 1)
    const from = index.findIndex((place) => place >= image * size)
    const to = index.findIndex((place) => place >= (image + 1) * size)
    const [start, end] = [from < 0 ? index.length : from, to < 0 ? index.length : to]
    return {
      shape: [1, ...shape],
      index: index.slice(start, end).map((place) => place - image * size),
      bits: bits.slice(start, end),
    }
  })
