import { existsSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { heartbeatOf, removeScratch, scratchFolder } from '../../../src/io/files/scratch.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** A folder for temporary files, which nobody has looked into yet. */
function fresh(): string {
  const tmp = mkdtempSync(join(root, 'tmp-'))
  vi.stubEnv('TMPDIR', tmp)
  return tmp
}

/** A folder in it whose heartbeat, if any, stopped so many minutes ago. */
function left(tmp: string, name: string, minutes?: number): string {
  const folder = join(tmp, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'profile.json'), '{}')
  if (minutes === undefined) return folder
  const then = Date.now() / 1000 - minutes * 60
  writeFileSync(heartbeatOf(folder), '')
  utimesSync(heartbeatOf(folder), then, then)
  return folder
}

describe('a temporary folder', () => {
  it('is made for this user alone, with a heartbeat, and removed', () => {
    const tmp = fresh()
    const folder = scratchFolder()
    expect(folder.startsWith(join(tmp, 'yolo-loss-'))).toBe(true)
    expect(existsSync(heartbeatOf(folder))).toBe(true)
    removeScratch(folder)
    expect(existsSync(folder)).toBe(false)
  })

  it('takes the place of those whose heartbeat stopped ten minutes ago', () => {
    const tmp = fresh()
    const old = [left(tmp, 'yolo-loss-aB3dEf', 11), left(tmp, 'yolo-loss-0000zZ', 11)]
    scratchFolder()
    expect(old.filter(existsSync)).toEqual([])
  })

  it('leaves alone what lives, what has no heartbeat, and what is called otherwise', () => {
    const tmp = fresh()
    const kept = [
      left(tmp, 'yolo-loss-aB3dEf', 9),
      left(tmp, 'yolo-loss-abcdef'),
      left(tmp, 'yolo-loss-my-data', 11),
      left(tmp, 'other-aB3dEf', 11),
    ]
    scratchFolder()
    expect(kept.filter((path) => !existsSync(path))).toEqual([])
  })

  it('follows no link', () => {
    const tmp = fresh()
    const data = left(tmp, 'data', 11)
    symlinkSync(data, join(tmp, 'yolo-loss-aB3dEf'))
    scratchFolder()
    expect(existsSync(join(data, 'profile.json'))).toBe(true)
  })

  it.skipIf(process.platform === 'win32')('leaves alone what another user left', () => {
    const folder = left(fresh(), 'yolo-loss-aB3dEf', 11)
    const own = process.getuid?.() ?? 0
    vi.spyOn(process as Required<NodeJS.Process>, 'getuid').mockReturnValue(own + 1)
    scratchFolder()
    expect(existsSync(folder)).toBe(true)
  })

  it.each<[string, (tmp: string) => string, string]>([
    ['is missing', (tmp) => join(tmp, 'none'), 'there is no such folder'],
    ['is a file', (tmp) => heartbeatOf(left(tmp, 'folder', 0)), 'this is no folder'],
  ])('is refused where the folder for them %s, by its name', (_, place, why) => {
    const where = place(fresh())
    vi.stubEnv('TMPDIR', where)
    const complaint = { code: 'E_TMPDIR', exitCode: 2, where, what: expect.stringContaining(why) }
    expect(() => scratchFolder()).toThrow(expect.objectContaining(complaint))
  })
})
