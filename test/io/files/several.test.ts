import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTogether, refuseIncomplete } from '../../../src/io/files/marker.js'
import { incompleteName, leftoversIn, temporaryIn } from '../../../src/io/files/names.js'
import { writeBeside, writeFolder } from '../../../src/io/files/several.js'
import { scratch } from '../../verify/cases.js'

const root = await scratch()
const full = () => {
  throw Object.assign(new Error('full'), { code: 'ENOSPC' })
}
let made = 0
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = join(root, `f${made++}`)
  await mkdir(dir)
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}

async function contentOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort()
  return Object.fromEntries(await Promise.all(names.map(async (n) => [n, await readFile(join(dir, n), 'utf8')])))
}

describe('a folder that is written', () => {
  it('is new as a whole: written, replaced and taken away', async () => {
    const dir = await folderOf({ a: 'old', gone: 'old', other: 'mine' })
    await writeFolder(dir, async ({ write, remove }) => {
      await write(join(dir, 'a'), 'new')
      await write(join(dir, 'b'), 'new')
      remove(join(dir, 'gone'))
    })
    expect(await contentOf(dir)).toEqual({ a: 'new', b: 'new', other: 'mine' })
  })

  it('is as it was when one file fails, also when it comes after others', async () => {
    const dir = await folderOf({ a: 'old' })
    const run = writeFolder(dir, async ({ write }) => {
      await write(join(dir, 'a'), 'new')
      await write(join(dir, 'sub', 'b'), 'new')
      full()
    })
    await expect(run).rejects.toThrow('full')
    expect(await contentOf(dir)).toEqual({ a: 'old' })
  })

  it('is as it was when exchanging fails half-way, folders that were made included', async () => {
    const dir = await folderOf({ a: 'old', z: 'old' })
    const run = writeFolder(dir, async ({ write, remove }) => {
      await write(join(dir, 'sub', 'b'), 'new')
      await write(join(dir, 'a'), 'new')
      await write(join(dir, 'z'), 'new')
      remove(join(dir, 'not there'))
    })
    await expect(run).rejects.toMatchObject({ name: 'WriteError', exitCode: 2 })
    expect(await contentOf(dir)).toEqual({ a: 'old', z: 'old' })
  })

  it('that was not there is not there when that fails', async () => {
    const dir = join(root, 'new', 'folder')
    const run = writeFolder(dir, async ({ write }) => {
      await write(join(dir, 'a'), 'new')
      full()
    })
    await expect(run).rejects.toThrow('full')
    expect(await readdir(root)).not.toContain('new')
  })

  it('is refused while it is incomplete, and mended by writing it again', async () => {
    const dir = await folderOf({ [incompleteName]: 'cut off', a: 'half' })
    expect(() => refuseIncomplete(dir)).toThrow(/was not written to its end.*\n.*write it again/)
    await writeFolder(dir, ({ write }) => write(join(dir, 'a'), 'whole'))
    expect(await readTogether(dir, async () => contentOf(dir))).toEqual({ a: 'whole' })
  })

  it('stays incomplete when mending it fails', async () => {
    const dir = await folderOf({ [incompleteName]: 'cut off', a: 'half' })
    await expect(
      writeFolder(dir, async ({ write, remove }) => {
        await write(join(dir, 'a'), 'whole')
        remove(join(dir, 'not there'))
      }),
    ).rejects.toThrow('not written')
    expect(() => refuseIncomplete(dir)).toThrow('was not written to its end')
  })

  it('is read again when it changes meanwhile', async () => {
    const dir = await folderOf({ a: 'old' })
    let reads = 0
    const text = await readTogether(dir, async () => {
      const found = await readFile(join(dir, 'a'), 'utf8')
      if (reads++ === 0) await writeFolder(dir, ({ write }) => write(join(dir, 'a'), 'new'))
      return found
    })
    expect([text, reads]).toEqual(['new', 2])
  })
})

describe('files of which one is read first', () => {
  it('may be copies of files that are read-only', async () => {
    const dir = await folderOf({ from: 'data' })
    await chmod(join(dir, 'from'), 0o444)
    await writeBeside(join(dir, 'model'), async ({ copy, write }) => {
      await copy(join(dir, 'from'), join(dir, 'to'))
      await write(join(dir, 'model'), 'new')
    })
    expect(await contentOf(dir)).toEqual({ from: 'data', model: 'new', to: 'data' })
  })

  it('are all as they were when the exchange fails', async () => {
    const dir = await folderOf({ data: 'old', model: 'old' })
    const run = writeBeside(join(dir, 'model'), async ({ write, remove }) => {
      await write(join(dir, 'data'), 'new')
      await write(join(dir, 'model'), 'new')
      remove(join(dir, 'not there'))
    })
    await expect(run).rejects.toMatchObject({ code: 'E_WRITE' })
    expect(await contentOf(dir)).toEqual({ data: 'old', model: 'old' })
  })
})

describe('what a crash leaves', () => {
  it('is known by its name', async () => {
    const temporary = temporaryIn('')
    const dir = await folderOf({ [temporary]: '', [incompleteName]: '', '.yolo-loss.json': '', 'a.tmp': '' })
    expect(leftoversIn(dir)).toEqual([temporary, incompleteName].sort())
    expect(leftoversIn(join(dir, 'nowhere'))).toEqual([])
  })
})
