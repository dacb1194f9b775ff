import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Outside the checkout, so that several share what is installed. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'onnx-yolo-loss', 'frameworks')

const lockOf = (env: string): string => {
  const [python, node] = [`env/${env}.txt`, `env/${env}/package-lock.json`].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  ) as [string, string]
  return existsSync(python) ? python : node
}

/** What an installer said when it refused: its errors, without addresses and the places in its own code. */
export function said(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  const lines = (stderr || message).split('\n').map((line) => line.trim())
  const errors = lines.filter(
    (line) => /(^|[\w.]*)error:|\bfailed\b|no matching/i.test(line) && !line.startsWith('File '),
  )
  const text = [...new Set(errors.length > 0 ? errors : lines.slice(-1))].join(' | ')
  return text
    .replace(/\S*:\/\/\S+/g, '…')
    .replace(/\s+/g, ' ')
    .slice(0, 400)
}

/** An environment that could not be had, with the installer's own words. */
export class NotInstalled extends Error {}

/** Nothing but what the lock names: some of it asks for versions of others that do not fit, and works without. */
async function installPython(at: string, lock: string): Promise<void> {
  await run('python3', ['-m', 'venv', '--without-pip', at])
  const python = join(at, 'bin', 'python')
  const words = ['-m', 'pip', '--python', python, 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  await run('python3', [...words, '-r', lock], { maxBuffer: 1 << 26, cwd: at })
}

async function installNode(at: string, lock: string): Promise<void> {
  await mkdir(at, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(dirname(lock), name), join(at, name))
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: at })
}

/** What runs the runners, and the folder of the environment. */
export interface Environment {
  readonly command: readonly string[]
  readonly folder: string
}

/** A command that finds the packages of another environment behind its own. */
async function withPackages({ command, folder }: Environment, beside: string): Promise<Environment> {
  const other = (await environment(beside)).folder
  const [python] = await readdir(join(other, 'lib'))
  const packages = join(other, 'lib', python as string, 'site-packages')
  const first = fileURLToPath(new URL('env/beside', import.meta.url))
  return { command: ['env', `PACKAGES_BESIDE=${packages}`, `PYTHONPATH=${first}`, ...command], folder }
}

const environmentAt = (folder: string, lock: string): Environment => ({
  command: lock.endsWith('.txt') ? [join(folder, 'bin', 'python'), '-B'] : [process.execPath, '--import', tsx],
  folder,
})

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/**
 * An environment, installed if it is not there. Its folder is named by what is locked, and gets its name when it is
 * complete.
 * @throws NotInstalled with what the installer said
 */
export async function environment(env: string, beside?: string): Promise<Environment> {
  if (beside !== undefined) return withPackages(await environment(env), beside)
  const lock = lockOf(env)
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 12)
  const folder = join(cache, `${env}-${hash}`)
  if (existsSync(folder)) return environmentAt(folder, lock)
  const begun = `${folder}.${process.pid}`
  await mkdir(cache, { recursive: true })
  try {
    await (lock.endsWith('.txt') ? installPython : installNode)(begun, lock)
    await rename(begun, folder)
  } catch (error) {
    await rm(begun, { recursive: true, force: true })
    // Another checkout has been quicker.
    if (!existsSync(folder)) throw new NotInstalled(said(error))
  }
  return environmentAt(folder, lock)
}

/** Installs packages of Debian whose program is missing. @throws NotInstalled */
export async function system(packages: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [program, name] of Object.entries(packages)) {
    if (
      await run('which', [program]).then(
        () => true,
        () => false,
      )
    )
      continue
    try {
      await run('apt-get', ['update', '-qq'])
      await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name])
    } catch (error) {
      throw new NotInstalled(`apt-get install ${name}: ${said(error)}`)
    }
  }
}
