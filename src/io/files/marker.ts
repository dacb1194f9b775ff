import { existsSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../fault.js'
import { incompleteName } from './names.js'
import { syncedFolder } from './sync.js'

const text = 'The files beside this one were being exchanged: they may be of two versions. Write them again.\n'

/** The sign that the files of a folder are being exchanged. */
export class Marker {
  readonly #path: string
  #own = false

  constructor(readonly folder: string) {
    this.#path = join(folder, incompleteName)
  }

  /** Sets it before the first file is touched; one that was left by a crash is taken over. */
  async set(): Promise<void> {
    this.#own = !existsSync(this.#path)
    const file = await open(this.#path, 'w')
    await file
      .writeFile(text)
      .then(() => file.sync())
      .finally(() => file.close())
    await syncedFolder(this.folder)
  }

  /** All is there. Should the disk forget that this was taken away, it is back, which is no harm. */
  lift(): void {
    rmSync(this.#path, { force: true })
  }

  /** All is as it was: incomplete, if a crash had left it so. */
  undo(): void {
    if (!this.#own) return
    try {
      rmSync(this.#path, { force: true })
    } catch {}
  }
}

/** Whether the files of a folder are being exchanged, or that was cut off. */
export const isIncomplete = (folder: string): boolean => existsSync(join(folder, incompleteName))

/** @throws InputError for a folder whose files were being exchanged when that was cut off */
export function refuseIncomplete(folder: string): void {
  if (!isIncomplete(folder)) return
  const what = `was not written to its end, as ${incompleteName} says: its files may be of two versions`
  refuse('E_INCOMPLETE', folder, what, 'write it again')
}

/** Changes whenever a file comes into a folder or goes. */
const stateOf = (folder: string): bigint | undefined =>
  statSync(folder, { bigint: true, throwIfNoEntry: false })?.mtimeNs

// Whoever exchanges files takes milliseconds, and not every few of them.
const tries = 3

/**
 * Reads several files of a folder in one state of it, all old or all new.
 * @throws InputError for a folder that is incomplete, or is exchanged over and over while it is read
 */
export async function readTogether<T>(folder: string, read: () => Promise<T>): Promise<T> {
  for (let left = tries; left > 0; left--) {
    const before = stateOf(folder)
    refuseIncomplete(folder)
    const value = await read()
    if (stateOf(folder) === before) return value
  }
  return refuse('E_INCOMPLETE', folder, 'changed while it was read', 'wait until whatever writes it is done')
}
