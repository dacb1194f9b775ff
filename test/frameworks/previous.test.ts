import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fixtures } from '../support/cases.js'
import { yoloLoss } from '../support/cli.js'
import sums from './previous/sums.json' with { type: 'json' }

const root = fileURLToPath(new URL('previous', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.onnx'))
  .sort()

/** Enough of the cases that are generated for a graph to have met boxes and extremes. */
const few = ['-k', 'boxes', '-k', 'extreme']

const flagsFor = (file: string): string[] =>
  file.startsWith('fixtures') ? ['--fixtures', join(fixtures, file.split('/')[1] as string)] : few

it('has the graphs of every preset, and the models of three fixtures', () => {
  expect(files.filter((file) => file.startsWith('graphs'))).toHaveLength(6)
  expect(files.filter((file) => file.startsWith('fixtures'))).toHaveLength(3)
  expect(files).toEqual(Object.keys(sums).sort())
})

describe.each(Object.entries(sums))('%s', (file, sum) => {
  it('is as it was published', () => {
    expect(
      createHash('sha256')
        .update(readFileSync(join(root, file)))
        .digest('hex'),
    ).toBe(sum)
  })

  it('passes verify', async () => {
    const { code, stdout, stderr } = await yoloLoss(['verify', join(root, file), ...flagsFor(file)])
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^[1-9]\d* passed, 0 failed$/m)
  })
})
