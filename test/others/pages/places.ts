import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import about from '../../../package.json' with { type: 'json' }
import { must, pack, repository } from '../package/shell.js'
import { stages } from './stages.js'

/** Installs the packed package and what its pages ask for beside it into a folder. */
export async function packed(folder: string): Promise<void> {
  const runtime = `onnxruntime-node@${about.optionalDependencies['onnxruntime-node']}`
  await must('npm', ['install', await pack(folder), runtime, '--ignore-scripts', '--no-audit', '--no-fund'], folder)
}

/** Writes the files that a page starts from. */
async function set(page: string, folder: string): Promise<void> {
  for (const [name, content] of Object.entries((await stages[page]?.()) ?? {})) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(
      path,
      content instanceof Uint8Array || typeof content === 'string' ? content : JSON.stringify(content),
    )
  }
}

/** A folder for the blocks of a page, beside what is installed, with the files they start from. */
export async function furnished(consumer: string, page: string): Promise<string> {
  const folder = join(consumer, page.replaceAll(/[/.]/g, '-'))
  await mkdir(folder)
  await symlink(join(consumer, 'node_modules'), join(folder, 'node_modules'))
  await set(page.replace(/^\w+\//, ''), folder)
  return folder
}

/** A copy of the repository as it stands, with what `npm ci` has installed; made once. */
export async function clone(consumer: string): Promise<string> {
  const folder = join(consumer, 'clone')
  if (existsSync(folder)) return folder
  await mkdir(folder)
  const copy = 'git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$0"'
  await must('bash', ['-eo', 'pipefail', '-c', copy, folder], repository)
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  await must('npm', ['run', '--silent', 'build'], folder)
  return folder
}
