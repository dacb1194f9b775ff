import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readJson } from '../../../src/io/index.js'
import { programs } from '../../others/semantics/programs/programs.js'
import { type Recorded, recordOf } from '../../others/semantics/results.js'

const path = join(import.meta.dirname, '../../others/semantics/README.md')

const head = ['profile', 'program and version run', 'batches', 'numbers', 'worst difference', 'exposes']

async function rows(): Promise<string[][]> {
  return Promise.all(
    programs.map(async ({ profile, exposes }) => {
      const { program, version, batches, numbers, farthest } = (await readJson(recordOf(profile))) as Recorded
      const count = Object.keys(batches).length
      return [profile, `${program} ${version}`, `${count}`, `${numbers}`, farthest.toExponential(0), exposes]
    }),
  )
}

it('the table of the programs is that of what was recorded of them', async () => {
  const table = [head, head.map(() => '---'), ...(await rows())].map((row) => `| ${row.join(' | ')} |`).join('\n')
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
