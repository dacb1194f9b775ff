import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Outside the checkout, so that several share what is installed. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'onnx-yolo-loss', 'frameworks')

const lockOf = (env: string): string => fileURLToPath(new URL(`env/${env}.txt`, import.meta.url))

/** What an installer said when it refused, as far as it is an error. */
function said(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string }
  const lines = (stderr || message).split('\n').filter((line) => /error/i.test(line))
  return (lines.join(' ') || message).replace(/\s+/g, ' ').slice(0, 300)
}

/** An environment that could not be had, with the installer's own words. */
export class NotInstalled extends Error {}

/** Nothing but what the lock names: some of it asks for versions of others that do not fit, and works without. */
async function install(python: string, lock: string, work: string): Promise<void> {
  const words = ['-m', 'pip', '--python', python, 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
  await run('python3', [...words, '-r', lock], { maxBuffer: 1 << 26, cwd: work })
}

/**
 * The interpreter of an environment, installed if it is not there. Its folder is named by what is locked, and gets its
 * name when it is complete.
 * @throws NotInstalled with what the installer said
 */
export async function interpreter(env: string): Promise<string> {
  const lock = lockOf(env)
  const hash = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 12)
  const folder = join(cache, `${env}-${hash}`)
  const python = (at: string) => join(at, 'bin', 'python')
  if (existsSync(python(folder))) return python(folder)
  const begun = `${folder}.${process.pid}`
  await mkdir(cache, { recursive: true })
  try {
    await run('python3', ['-m', 'venv', '--without-pip', begun])
    await install(python(begun), lock, cache)
    await rename(begun, folder)
  } catch (error) {
    await rm(begun, { recursive: true, force: true })
    if (existsSync(python(folder))) return python(folder)
    throw new NotInstalled(said(error))
  }
  return python(folder)
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
