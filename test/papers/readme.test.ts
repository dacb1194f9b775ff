import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/io/exit.js'
import { resolveConfig } from '../../src/yolo/config/config.js'
import { yoloLoss } from '../support/cli.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const dir = mkdtempSync(join(tmpdir(), 'readme-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** Fenced blocks, one after another, so that the end of one is not taken for the start of the next. */
const fenced = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
const blocks = (language: string): string[] => fenced.filter((m) => m[1] === language).map((m) => m[2] as string)

/** Commands of the shell blocks that only write a graph, their outputs moved out of the way. */
const exports = blocks('sh')
  .flatMap((block) => block.split('\n'))
  .filter((line) => line.startsWith('npx yolo-loss export'))
  .map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(2))

describe('README.md', () => {
  it('shows a configuration that is one', () => {
    const [json] = blocks('json') as [string]
    expect(resolveConfig(JSON.parse(json)).anchorMask).toHaveLength(2)
    writeFileSync(join(dir, 'my.json'), json)
  })

  it.each(exports.map((args) => [args.join(' '), args] as const))('%s', async (_, args) => {
    const { code, stderr } = await yoloLoss(args, { cwd: dir })
    expect([code, stderr]).toEqual([0, expect.stringContaining('wrote ')])
  })

  it.each(blocks('ts').map((code, i) => [i, code] as const))('runs TypeScript block %i', async (i, code) => {
    const file = join(root, 'test', `readme-block-${process.pid}-${i}.ts`)
    writeFileSync(file, `${code}\nexport {}\n`)
    try {
      await import(file)
    } finally {
      rmSync(file)
    }
  })

  it('shows what the first command prints', async () => {
    const [shown] = blocks('') as [string]
    const graph = join(dir, 'coco.onnx')
    await yoloLoss(['export', '--preset', 'yolov3-coco', '--components', '-o', graph])
    const evaluated = await yoloLoss(['eval', graph, join(root, 'fixtures/real-coco')])
    const verified = await yoloLoss(['verify'], { cwd: root })
    const printed = [...evaluated.stdout.split('\n'), ...verified.stdout.split('\n')]
    // Errors in the last digits differ between processors.
    const lasting = shown.split('\n').filter((line) => /^loss|passed/.test(line))
    expect(lasting.length).toBeGreaterThan(4)
    for (const line of lasting) expect(printed).toContain(line)
  })

  it('has the exit codes of the code', () => {
    const table = [...readme.matchAll(/^\| (\d+) \| /gm)].map((m) => Number(m[1]))
    expect(table).toEqual(Object.values(exitCodes))
  })

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map((m) => m[1] as string)
    for (const link of links) expect(() => readFileSync(join(root, link)), link).not.toThrow(/ENOENT/)
  })
})
