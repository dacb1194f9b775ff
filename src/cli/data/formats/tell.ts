import type { Tell } from '../../../io/index.js'
import type { BoxOptions } from './format.js'

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** Tells how much of a file has been read. */
export const tellOf =
  (path: string, { progress }: Pick<BoxOptions, 'progress'>): Tell =>
  (done, total) =>
    progress.step(mebibytes(done), mebibytes(total), `MiB of ${path}`)
