import { existsSync, readdirSync, statSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { writeAtomic } from '../../../src/io/files/atomic.js'
import { writeFailure } from '../../../src/io/files/failure.js'
import { readBytes, readFailure, readJson } from '../../../src/io/files/read.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const isRoot = process.getuid?.() === 0

describe('readBytes', () => {
  it.each([
    ['a missing file', join(root, 'none.onnx'), 'none.onnx: there is no such file'],
    ['a folder', root, 'this is a folder'],
    ['a device, without waiting for its end', '/dev/zero', 'this is no regular file'],
  ])('refuses %s', async (_, path, message) => {
    await expect(readBytes(path)).rejects.toMatchObject({ name: 'InputError', exitCode: 3 })
    await expect(readBytes(path)).rejects.toThrow(message)
  })

  it.runIf(existsSync('/proc/self/status'))('finds nothing in a file of the system, which tells no size', async () => {
    expect(await readBytes('/proc/self/status')).toHaveLength(0)
  })

  it('refuses a file of 2 GiB without reading it', async () => {
    const path = join(root, 'sparse.onnx')
    await writeFile(path, '')
    await truncate(path, 2 ** 31)
    await expect(readBytes(path)).rejects.toThrow('2147483648 bytes, more than the limit of 2147483647')
  })

  it('refuses JSON that no string can hold, without reading it', async () => {
    const path = join(root, 'sparse.json')
    await writeFile(path, '')
    await truncate(path, 600 * 2 ** 20)
    await expect(readJson(path)).rejects.toMatchObject({ code: 'E_FILE_SIZE', exitCode: 3 })
    await expect(readJson(path)).rejects.toThrow('629145600 bytes, more than the limit of 268435456')
  })

  it.skipIf(isRoot)('names want of permission', async () => {
    const path = join(root, 'locked')
    await writeFile(path, 'x')
    await chmod(path, 0)
    await expect(readBytes(path)).rejects.toThrow('no permission to read it')
  })

  it('has words for what else the system may say', () => {
    expect(readFailure({ code: 'EACCES' }, 'f').message).toContain('f: no permission to read it')
    expect(readFailure({ code: 'EIO' }, 'f').message).toContain('f: it cannot be read (EIO)')
  })

  it('skips the byte-order mark of JSON', async () => {
    const path = join(root, 'bom.json')
    await writeFile(path, '\uFEFF{"a": 1}')
    expect(await readJson(path)).toEqual({ a: 1 })
  })
})

describe('writeAtomic', () => {
  it('writes text and views of larger buffers, over an old file and through a link', async () => {
    const path = join(root, 'out')
    await symlink(path, join(root, 'link'))
    await writeAtomic(path, 'old')
    await writeAtomic(join(root, 'link'), Uint8Array.of(1, 2, 3, 4).subarray(1, 3))
    expect([...(await readFile(path))]).toEqual([2, 3])
  })

  it('keeps the old file, and leaves no other, when writing fails', async () => {
    const dir = join(root, 'full')
    await mkdir(dir)
    const path = join(dir, 'out')
    await writeFile(path, 'old')
    const broken = (function* () {
      yield Uint8Array.of(1)
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    })()
    await expect(writeAtomic(path, broken)).rejects.toMatchObject({ name: 'WriteError', exitCode: 2 })
    expect(await readFile(path, 'utf8')).toBe('old')
    expect(await readdir(dir)).toHaveLength(1)
  })

  it('writes a file whose name is as long as names may be', async () => {
    const path = join(root, 'n'.repeat(255))
    await writeAtomic(path, 'new')
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  it('does not meet another process of the same number on the same volume, as two containers have them', async () => {
    const dir = join(root, 'containers')
    await mkdir(dir)
    const slow = function* () {
      for (let i = 0; i < 4; i++) yield new Uint8Array(2 ** 24)
    }
    const writers: (typeof writeAtomic)[] = []
    for (let i = 0; i < 2; i++) {
      vi.resetModules()
      writers.push((await import('../../../src/io/files/atomic.js')).writeAtomic)
    }
    const written = await Promise.allSettled(writers.map((write) => write(join(dir, 'out'), slow())))
    expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    expect(await readdir(dir)).toEqual(['out'])
  })

  it.skipIf(process.platform === 'win32')('keeps the mode of the old file', async () => {
    const path = join(root, 'mode')
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    await writeAtomic(path, 'new')
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  })

  it.skipIf(process.platform === 'win32')('shows nobody meanwhile what the old file kept from them', async () => {
    const dir = join(root, 'private')
    await mkdir(dir)
    await writeFile(join(dir, 'out'), 'old', { mode: 0o600 })
    const modes: number[] = []
    const looking = (function* () {
      for (const name of readdirSync(dir)) modes.push(statSync(join(dir, name)).mode & 0o777)
      yield Uint8Array.of(1)
    })()
    await writeAtomic(join(dir, 'out'), looking)
    expect(modes).toEqual([0o600, 0o600])
  })

  it.runIf(isRoot)('keeps the owner of the old file where it may', async () => {
    const path = join(root, 'owned')
    await writeFile(path, 'old')
    await chown(path, 1234, 1235)
    await writeAtomic(path, 'new')
    expect(await stat(path)).toMatchObject({ uid: 1234, gid: 1235 })
  })

  it('takes sixteen writers at a time, of which one is last', async () => {
    const dir = join(root, 'many')
    await mkdir(dir)
    const texts = Array.from({ length: 16 }, (_, i) => `${i}`.repeat(1000))
    await Promise.all(texts.map((text) => writeAtomic(join(dir, 'out'), text)))
    expect(texts).toContain(await readFile(join(dir, 'out'), 'utf8'))
    expect(await readdir(dir)).toEqual(['out'])
  })

  it.each([
    ['a folder', root, 'not written: this is a folder'],
    ['a file in a missing folder', join(root, 'no', 'f'), 'its folder does not exist'],
    ['a file in a file', '/dev/null/f', 'a part of its path is no folder'],
  ])('refuses %s', async (_, path, message) => {
    await expect(writeAtomic(path, 'x')).rejects.toThrow(message)
  })

  it('has words for full disks, missing rights and read-only systems', () => {
    const text = (code: string) => writeFailure({ code }, 'f').message
    expect(text('ENOSPC')).toBe('f: not written: the disk is full\n  hint: free some space and run it again')
    expect(text('EACCES')).toContain('no permission')
    expect(text('EROFS')).toContain('read-only')
    expect(text('EMFILE')).toContain('not written: EMFILE')
  })
})
