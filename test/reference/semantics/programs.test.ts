import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readJson } from '../../../src/io/index.js'
import { programs } from '../../others/semantics/programs/programs.js'
import { type Recorded, recordOf } from '../../others/semantics/results.js'

const head = ['profile', 'program and version run', 'batches', 'numbers', 'worst difference', 'exposes']

/** The pages that show the table, and how many of its columns. */
const pages: readonly (readonly [string, number])[] = [
  ['../../others/semantics/README.md', 6],
  ['../../../README.md', 5],
]

async function rows(): Promise<string[][]> {
  return Promise.all(
    programs.map(async ({ profile, exposes }) => {
      const { program, version, batches, numbers, farthest } = (await readJson(recordOf(profile))) as Recorded
      const count = Object.keys(batches).length
      return [profile, `${program} ${version}`, `${count}`, `${numbers}`, farthest.toExponential(0), exposes]
    }),
  )
}

it.each(pages)('the table of the programs in %s is that of what was recorded of them', async (page, columns) => {
  const all = [head, head.map(() => '---'), ...(await rows())].map((row) => row.slice(0, columns))
  const table = all.map((row) => `| ${row.join(' | ')} |`).join('\n')
  const path = join(import.meta.dirname, page)
  const text = readFileSync(path, 'utf8')
  const generated = text.replace(/(<!-- programs -->\n)[\s\S]*?(<!-- end -->)/, `$1${table}\n$2`)
  expect(generated).toContain('| 14 |')
  await expect(generated).toMatchFileSnapshot(path)
})

it('no program differs by more than its own type explains, in six batches at least', async () => {
  for (const { profile, relative } of programs) {
    const { batches, farthest } = (await readJson(recordOf(profile))) as Recorded
    expect(Object.keys(batches).length, profile).toBeGreaterThanOrEqual(6)
    expect(farthest, profile).toBeLessThanOrEqual(relative)
  }
})
