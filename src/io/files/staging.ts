import { mkdirSync, rmSync } from 'node:fs'
import { writeFailure } from './failure.js'
import { temporaryIn } from './names.js'

/**
 * Gives a new folder below another, on the same disk, for as long as it is used. It goes with all that is in it, also
 * when the process is told to end.
 * @throws WriteError when it cannot be made
 */
export async function inTemporaryFolder<T>(parent: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryIn(parent)
  const removed = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removed)
  try {
    try {
      mkdirSync(folder)
    } catch (error) {
      throw writeFailure(error, folder)
    }
    return await use(folder)
  } finally {
    process.off('exit', removed)
    removed()
  }
}
