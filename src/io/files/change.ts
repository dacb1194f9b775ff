import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, type Stats } from 'node:fs'
import { chmod, chown, open, realpath, stat } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname, resolve } from 'node:path'
import { WriteError, writeFailure } from './failure.js'
import { Marker } from './marker.js'
import { temporaryIn } from './names.js'
import { syncedFolder } from './sync.js'

/** Makes a new file of this name; `mode` is that of what is written into it. */
export type Fill = (temporary: string, mode: number) => Promise<void>

interface Staged {
  readonly temporary: string
  readonly target: string
  /** Whether it takes the place of a file. */
  readonly replaces: boolean
}

/** Refuses what a rename would replace all the same: it asks for the folder's mode only. */
function unfit(old: Stats): string | undefined {
  if (old.isDirectory()) return 'EISDIR'
  if (!old.isFile()) return 'EDEVICE'
  return (old.mode & 0o222) === 0 ? 'READONLY' : undefined
}

/**
 * The file that would be replaced, if there is one. @internal: not every program has Node’s types
 * @throws an error with a code of ours for one that must not be
 */
export async function existing(path: string): Promise<Stats | undefined> {
  const old = await stat(path).catch(() => undefined)
  const code = old && unfit(old)
  if (code) throw Object.assign(new Error(code), { code })
  return old
}

/** The mode of the old file, and its owner where this process may give files away. */
async function asBefore(temporary: string, old: Stats): Promise<void> {
  const made = await stat(temporary)
  // Changing the owner takes bits of the mode away, so that the mode comes last.
  if (made.uid !== old.uid || made.gid !== old.gid) await chown(temporary, old.uid, old.gid).catch(() => {})
  await chmod(temporary, old.mode)
}

// A copy of a file that is read-only is read-only too; Windows syncs nothing that is open for reading alone.
const toSync = process.platform === 'win32' ? 'r+' : 'r'

async function synced(path: string): Promise<void> {
  const file = await open(path, toSync)
  await file.sync().finally(() => file.close())
}

/** The folder itself, or the nearest above it that is there. */
function nearestFolder(folder: string): string {
  const above = dirname(folder)
  return existsSync(folder) || above === folder ? folder : nearestFolder(above)
}

/** Where it cannot be removed it could not be made either. */
function attempted(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

/** Files that are written together. Until `commit` nothing that was there before is touched. */
export class Change {
  readonly #staged: Staged[] = []
  readonly #gone: string[] = []
  readonly #backups: string[] = []
  readonly #undo: (() => void)[] = []
  readonly #made: string[] = []
  readonly #markers: Marker[] = []

  /** @param makes whether missing folders are made */
  constructor(readonly makes: boolean) {}

  /** The files of this folder are a whole: it is marked as incomplete while they are exchanged. */
  mark(folder: string): void {
    this.#markers.push(new Marker(folder))
  }

  /** Writes the new file under a temporary name. Through a link its target will be replaced. @throws WriteError */
  async put(path: string, fill: Fill): Promise<void> {
    try {
      const old = await existing(path)
      const target = await realpath(path).catch(() => resolve(path))
      const temporary = temporaryIn(this.makes ? nearestFolder(dirname(target)) : dirname(target))
      this.#staged.push({ temporary, target, replaces: old !== undefined })
      // Nobody may read meanwhile what the old file kept from them.
      await fill(temporary, old ? 0o600 : 0o666)
      if (old) await asBefore(temporary, old)
      await synced(temporary)
    } catch (error) {
      throw error instanceof WriteError ? error : writeFailure(error, path)
    }
  }

  /** The file will be gone. */
  remove(path: string): void {
    this.#gone.push(path)
  }

  /**
   * Puts the files in their places. Where there are several, old ones go first, the last one ahead of the others, and
   * new ones come in their order: whoever finds the last finds the others too.
   */
  async commit(): Promise<void> {
    const folders = [...new Set(this.#staged.map(({ target }) => dirname(target)))]
    for (const marker of this.#markers) {
      this.#makeFolder(marker.folder)
      await marker.set()
    }
    if (this.makes) for (const folder of folders) this.#makeFolder(folder)
    if (this.#staged.length + this.#gone.length > 1) this.#putAway()
    for (const { temporary, target } of this.#staged) this.#moved(temporary, target)
    for (const folder of folders) await syncedFolder(folder)
    for (const marker of this.#markers) marker.lift()
    this.#undo.length = 0
    this.#made.length = 0
    for (const { folder } of this.#markers) await syncedFolder(folder).catch(() => {})
    for (const backup of this.#backups) attempted(() => rmSync(backup, { force: true }))
  }

  /** Undoes whatever was done, as far as it goes; afterwards the old files are there and nothing else. */
  discard(): void {
    const undone = this.#undo.splice(0).reverse().map(attempted)
    if (undone.every((well) => well)) for (const marker of this.#markers) marker.undo()
    for (const { temporary } of this.#staged) attempted(() => rmSync(temporary, { force: true }))
    for (const folder of this.#made.splice(0).reverse()) attempted(() => rmdirSync(folder))
  }

  #putAway(): void {
    const replaced = this.#staged.filter(({ replaces }) => replaces).map(({ target }) => target)
    for (const path of [...replaced.reverse(), ...this.#gone]) {
      const backup = temporaryIn(dirname(path))
      renameSync(path, backup)
      this.#backups.push(backup)
      this.#undo.push(() => renameSync(backup, path))
    }
  }

  #moved(temporary: string, target: string): void {
    renameSync(temporary, target)
    // A lone file took the place of the old one, which is no more.
    if (this.#staged.length > 1 || this.#gone.length > 0) this.#undo.push(() => rmSync(target, { force: true }))
  }

  #makeFolder(folder: string): void {
    if (existsSync(folder)) return
    this.#makeFolder(dirname(folder))
    mkdirSync(folder)
    this.#made.push(folder)
  }
}

/** Changes that an end of the process would cut off. */
const underWay = new Set<Change>()

const discardAll = (): void => {
  for (const change of underWay) change.discard()
}

const terminated = (): void => process.exit(128 + constants.signals.SIGTERM)

/** One listener for all changes: many may be under way at a time. */
function begin(change: Change): void {
  if (underWay.size === 0) process.once('exit', discardAll).once('SIGTERM', terminated)
  underWay.add(change)
}

function end(change: Change): void {
  underWay.delete(change)
  if (underWay.size === 0) process.off('exit', discardAll).off('SIGTERM', terminated)
}

/**
 * Writes files together: all of them or none. An interrupt or an error leaves the old files and nothing else; after a
 * crash a folder that is marked tells that it is incomplete.
 * @param where what to call the output where no file of it is to blame
 * @param put puts the files; the last one is what readers look at first
 * @throws WriteError when a target is a folder, a device or read-only, or the system refuses
 */
export async function together(change: Change, where: string, put: (change: Change) => Promise<void>): Promise<void> {
  begin(change)
  try {
    await put(change)
    await change.commit().catch((error: unknown) => {
      throw writeFailure(error, where)
    })
  } catch (error) {
    change.discard()
    throw error
  } finally {
    end(change)
  }
}
