import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'
import { lineOf } from '../view/curve/lines.js'

const root = await scratch()

it('plot reads a log of a million steps in bounded memory', { timeout: 120_000 }, async () => {
  const file = join(root, 'long.jsonl')
  writeFileSync(file, '')
  for (let step = 0; step < 1_000_000; step += 20_000)
    appendFileSync(file, Array.from({ length: 20_000 }, (_, i) => `${JSON.stringify(lineOf(step + i, 3 + (i % 5)))}\n`).join('')) // biome-ignore format: one line
  const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=96` }
  const { code, stdout } = await yoloLoss(['plot', file, '--json'], { env })
  expect([code, JSON.parse(stdout).runs[0].loss]).toEqual([0, expect.objectContaining({ steps: 1_000_000, least: 3, most: 7 })]) // biome-ignore format: one line
})
