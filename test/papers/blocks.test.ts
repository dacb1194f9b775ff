import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resolveConfig } from '../../src/yolo/index.js'
import { workIn } from '../golden/place.js'
import { root } from '../house/source.js'
import { type Run, yoloLossHere as yoloLoss } from '../support/cli.js'
import { write } from '../support/folder.js'
import { papers, shellLines, shownBy } from './markdown.js'
import { elsewhere, programStages, shownConfig, stages, threeClasses } from './stages.js'

await workIn({ 'my.json': shownConfig(), 'three.json': threeClasses })

const shell = papers.flatMap((page) => shellLines(page).map((words) => [page.path, words.join(' '), words] as const))
const asked = shell.filter(([, line]) => line.startsWith('npx yolo-loss '))
const code = papers.flatMap((page) =>
  page.blocks.filter(({ language }) => language === 'ts').map(({ text }, i) => [page.path, i, text] as const),
)
const linesOf = ({ stdout, stderr }: Run): string[] => `${stdout}\n${stderr}`.split('\n').map((line) => line.trimEnd())

describe('the shell blocks', () => {
  const exports = asked.filter(([, line]) => line.startsWith('npx yolo-loss export '))

  it.each(exports)('%s: %s', async (_, __, words) => {
    const { code, stderr } = await yoloLoss(words.slice(2))
    expect([code, stderr]).toEqual([0, expect.stringContaining('wrote ')])
  })

  it.each(asked)('%s: %s asks for options that exist', async (_, __, [, , command = '', ...rest]) => {
    const { stdout } = await yoloLoss([command, '--help'])
    for (const option of rest.filter((word) => /^--?[a-z]/.test(word)))
      expect(stdout).toMatch(new RegExp(`${option}\\b`))
  })
})

describe('the configuration that is shown', () => {
  it('is one', () => {
    expect(resolveConfig(shownConfig()).anchorMask).toHaveLength(2)
  })
})

describe('the TypeScript blocks', () => {
  it.each(code)('%s: block %i runs', async (path, i, text) => {
    const file = join(root, 'test', `${path.replaceAll('/', '-')}-${process.pid}-${i}.ts`)
    writeFileSync(file, `${text}\nexport {}\n`)
    const stage = (await programStages[path]?.()) ?? {}
    await write(stage)
    try {
      await import(file)
    } finally {
      for (const name of [file, ...Object.keys(stage)]) rmSync(name)
    }
  })
})

describe('the blocks that show a run', () => {
  const shown = papers.flatMap(({ path, blocks }) => {
    const runs = blocks.flatMap(shownBy).filter(({ words }) => !(words.join(' ') in elsewhere))
    return runs.length > 0 ? [[path, runs] as const] : []
  })

  it.each(shown)('of %s show what is printed', async (path, runs) => {
    const before = process.cwd()
    rmSync('stage', { recursive: true, force: true })
    await write({ 'stage/here': '' })
    process.chdir('stage')
    try {
      await write((await stages[path]?.()) ?? {})
      for (const { words, lines } of runs) {
        const printed = linesOf(await yoloLoss(words))
        expect(printed, words.join(' ')).toEqual(expect.arrayContaining([...lines]))
      }
    } finally {
      process.chdir(before)
    }
  })

  it('of README.md shows what npm start prints', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8')
    const [, block = ''] = /What `npm start` prints:\n\n```\n(.*?)```/s.exec(text) ?? []
    // Errors in the last digits differ between processors.
    const lasting = block.split('\n').filter((line) => /^loss|passed/.test(line))
    expect(lasting.length).toBeGreaterThan(4)
    await yoloLoss(['export', '--preset', 'yolov3-coco', '--components', '-o', 'coco.onnx'])
    const evaluated = await yoloLoss(['eval', 'coco.onnx', join(root, 'fixtures/real-coco')])
    const verified = await yoloLoss(['verify', '--fixtures', join(root, 'fixtures')])
    expect([...linesOf(evaluated), ...linesOf(verified)]).toEqual(expect.arrayContaining(lasting))
  })
})
