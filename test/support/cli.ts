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

/** Catches what is written to a stream until `end`. */
function caught(stream: NodeJS.WriteStream) {
  const { write } = stream
  const chunks: Buffer[] = []
  stream.write = ((chunk: string | Uint8Array) => chunks.push(Buffer.from(chunk as string)) > 0) as typeof stream.write
  return {
    end() {
      stream.write = write
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Takes off what a run in this process leaves listening. */
function unheard(before: readonly unknown[]): void {
  for (const signal of signals)
    for (const listener of process.listeners(signal))
      if (!before.includes(listener)) process.removeListener(signal, listener)
  process.stdout.removeAllListeners('error')
}

/** The same command line without a process of its own, which is faster; on the build there is only the process. */
export async function yoloLossHere(args: readonly string[]): Promise<Run> {
  if (process.env.YOLO_LOSS_BUILT) return yoloLoss(args)
  const { main } = await import('../../src/cli/main.js')
  const listeners = signals.flatMap((signal) => process.listeners(signal))
  const [stdout, stderr] = [caught(process.stdout), caught(process.stderr)]
  let [code, text] = [70, { stdout: '', stderr: '' }]
  try {
    code = await main(args)
  } finally {
    text = { stdout: stdout.end(), stderr: stderr.end() }
    unheard(listeners)
  }
  return { code, ...text }
}
