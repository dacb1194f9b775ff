import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A name in a folder that nobody else has: a process id would be that of another container on the same volume. It is
 * short, for the name of the target may be as long as names can be.
 */
export const temporaryIn = (folder: string): string => join(folder, `.yolo-loss-${randomBytes(8).toString('hex')}.tmp`)

/** Stands in a folder while its files are exchanged, and stays there when that is cut off. */
export const incompleteName = '.yolo-loss-incomplete'

const isOurs = (name: string): boolean => name === incompleteName || /^\.yolo-loss-[0-9a-f]{16}\.tmp$/.test(name)

/** What commands that were cut off have left in a folder, by name; nothing where it cannot be read. */
export function leftoversIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isOurs).sort()
  } catch {
    return []
  }
}
