import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

/** What a program left behind. */
export interface Result {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; a failure is a result, not an exception. */
export function run(program: string, args: readonly string[], cwd: string): Promise<Result> {
  // npm hands its own settings on to what it starts; they would be those of the repository.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_(?!config_registry)/i.test(key)))
  return new Promise((done) => {
    execFile(program, [...args], { cwd, env, maxBuffer: 1 << 26, timeout: 600_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 70) : 0
      done({ code, stdout, stderr })
    })
  })
}

/** The same, for steps without which nothing else makes sense. @throws Error with what the program said */
export async function must(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, cwd)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

/** An empty package in a folder that goes when `body` is done. */
export async function inEmptyPackage<T>(body: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'yolo-loss-package-'))
  try {
    await writeFile(join(dir, 'package.json'), '{ "name": "consumer", "version": "1.0.0", "private": true }\n')
    return await body(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Packs the package into a folder and gives the path of the tarball. */
export async function pack(dir: string): Promise<string> {
  const out = await must('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], repository)
  const [packed] = JSON.parse(out) as [{ filename: string }]
  return join(dir, packed.filename)
}
