import { type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const inRepository = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** How to start the command line: the built one when the tests run on the build, else its source. */
export const command: readonly string[] = process.env.YOLO_LOSS_BUILT
  ? [inRepository('dist/yolo-loss.js')]
  : ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, inRepository('src/cli/bin.ts')]

/** What a run of the command line left behind. */
export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `yolo-loss` in a process of its own. */
export function yoloLoss(args: readonly string[], options: SpawnOptionsWithoutStdio = {}): Promise<Run> {
  const child = spawn(process.execPath, [...command, ...args], options)
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk
    })
  return new Promise((done, fail) => {
    child.on('error', fail).on('close', (code) => done({ code, ...text }))
  })
}
