import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { ExternalData } from '../detector/index.js'
import { expectWritable, quoted, writeAtomic, writeBeside } from '../io/index.js'
import { ConfigError } from '../yolo/index.js'
import { checkCopies, placesOf } from './copies.js'

export interface WriteOptions {
  /** Copy the external data along when the target lies in another folder. */
  readonly copyData?: boolean
  /** Replace data files that are there already, and copy those with hidden names. */
  readonly force?: boolean
}

const identity = (path: string): string | undefined => {
  const entry = statSync(path, { throwIfNoEntry: false })
  return entry && `${entry.dev}:${entry.ino}`
}

const real = (folder: string): string => {
  try {
    return realpathSync(folder)
  } catch {
    return resolve(folder)
  }
}

/**
 * Refuses a target that would destroy what is read: the model itself or its data, by whatever name, and a folder from
 * which the external data cannot be reached.
 * @throws ConfigError
 */
export function checkTarget(
  source: string,
  target: string,
  data: readonly ExternalData[],
  options: WriteOptions,
): void {
  const there = identity(target)
  if (resolve(source) === resolve(target) || (there !== undefined && there === identity(source)))
    throw new ConfigError('output', `is the model itself, ${quoted(target)}: name another file`)
  const files = data.map((d) => join(dirname(source), d.location))
  const hit = files.find((f) => resolve(f) === resolve(target) || (there !== undefined && there === identity(f)))
  if (hit) throw new ConfigError('output', `is a data file of the model, ${quoted(basename(hit))}: name another file`)
  if (data.length > 0 && !isSameFolder(source, target) && !options.copyData)
    throw new ConfigError(
      'output',
      `lies in another folder than the external data (${quoted(data[0]?.location ?? '')}), where onnxruntime would not ` +
        'find them: write beside the model, or use --copy-data',
    )
}

const isSameFolder = (a: string, b: string): boolean => real(dirname(a)) === real(dirname(b))

/**
 * Writes a model made from another one, with the external data if they are to be copied: all of it or nothing. The model
 * comes last, and an old one goes first, so that it is never found beside data of another.
 * @throws ConfigError as `checkTarget` and `checkCopies`; WriteError when the system refuses
 */
export async function writeModel(
  chunks: Iterable<Uint8Array>,
  source: string,
  target: string,
  data: readonly ExternalData[],
  options: WriteOptions = {},
): Promise<void> {
  checkTarget(source, target, data, options)
  if (!options.copyData || isSameFolder(source, target) || data.length === 0) return writeAtomic(target, chunks)
  const places = placesOf(data)
  checkCopies(places, target, options.force ?? false)
  await expectWritable([target])
  await writeBeside(target, async ({ copy, write }) => {
    for (const place of places) await copy(join(dirname(source), place), join(dirname(target), place))
    await write(target, chunks)
  })
}
