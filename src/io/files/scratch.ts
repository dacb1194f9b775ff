import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../fault.js'

/** What the names of temporary folders begin with; mkdtemp adds six letters or digits. */
const prefix = 'yolo-loss-'

const ours = /^yolo-loss-[A-Za-z0-9]{6}$/

/** A folder whose heartbeat is older than this belongs to nobody any more, in milliseconds. */
const abandoned = 10 * 60 * 1000

/** The file in a temporary folder whose time of change tells that it is in use; whoever works there touches it. */
export const heartbeatOf = (folder: string): string => join(folder, 'heartbeat')

/** Without a heartbeat it is not one of ours, whatever its name: a user may call folders of his own so. */
function isAbandoned(folder: string, now: number): boolean {
  const owner = process.getuid?.()
  const heartbeat = lstatSync(heartbeatOf(folder), { throwIfNoEntry: false })
  if (!heartbeat?.isFile() || now - heartbeat.mtimeMs < abandoned) return false
  const entry = lstatSync(folder)
  return entry.isDirectory() && (owner === undefined || (entry.uid === owner && heartbeat.uid === owner))
}

/** Removes what runs left behind that were killed; a folder that another run removes meanwhile is as good as removed. */
function sweep(root: string): void {
  const now = Date.now()
  for (const name of readdirSync(root)) {
    if (!ours.test(name)) continue
    const folder = join(root, name)
    try {
      if (isAbandoned(folder, now)) rmSync(folder, { recursive: true, force: true })
    } catch {}
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'this is no folder',
  EACCES: 'no permission to write in it',
  EPERM: 'no permission to write in it',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
}

function unusable(error: unknown, where: string): Fault {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
  const what = `no temporary folder can be made here: ${reasons[code] ?? code}`
  const remedy = `name a folder that you can write to: ${process.platform === 'win32' ? 'TEMP' : 'TMPDIR'}=FOLDER`
  return new Fault('usage', 'E_TMPDIR', { where, what, remedy }, { cause: error })
}

const folders = new Set<string>()

/** Removes a temporary folder. What cannot be removed, as a process that is about to end still writes there, stays. */
export function removeScratch(folder: string): void {
  folders.delete(folder)
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {}
}

function removeAll(): void {
  for (const folder of folders) removeScratch(folder)
}

const swept = new Set<string>()

/**
 * A new temporary folder for this user alone, which is removed when this process ends if not before. The first one also
 * removes those whose process was killed, and whose heartbeat is ten minutes old.
 * @throws Fault of usage, naming the folder of temporary files, when nothing can be made in it
 */
export function scratchFolder(): string {
  const root = tmpdir()
  try {
    if (!swept.has(root)) sweep(root)
    swept.add(root)
    // Not before: whoever works in a folder has asked by now to be told of the end first.
    if (folders.size === 0) process.off('exit', removeAll).on('exit', removeAll)
    const folder = mkdtempSync(join(root, prefix))
    folders.add(folder)
    writeFileSync(heartbeatOf(folder), '')
    return folder
  } catch (error) {
    throw unusable(error, root)
  }
}
