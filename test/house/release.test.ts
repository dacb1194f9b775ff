import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from './source.js'

const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The script of the step that looks at the package, as the shell of the workflow gets it. */
const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')
const [, script = ''] = /says where it comes from\n +run: \|\n(.*?)\n {6}- /s.exec(workflow) ?? []

function look(about: object, tag = 'v1.0.0'): string {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '1.0.0', ...about }))
  try {
    return execFileSync('bash', ['-e', '-c', script], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', GITHUB_REF_NAME: tag },
      encoding: 'utf8',
      stdio: 'pipe',
    })
  } catch (error) {
    return String((error as { stderr?: string }).stderr)
  }
}

describe('the release', () => {
  const whole = { repository: 'a/b', homepage: 'https://a', bugs: 'https://b' }

  it('of a package that names no repository, homepage or place for bugs fails, and says who is to name them', () => {
    expect(look({})).toContain('package.json names no repository, homepage, bugs: its owner must')
    expect(look({ ...whole, bugs: undefined })).toContain('package.json names no bugs: its owner must')
  })

  it('of another tag than the version fails', () => {
    expect(look(whole, 'v2')).toContain('the tag is no v1.0.0')
  })

  it('of a whole package goes on', () => {
    expect(look(whole)).toBe('')
  })
})
