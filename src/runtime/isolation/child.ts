import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Fault, printable } from '../../io/index.js'
import { withoutFolders } from '../errors.js'
import { type Provider, providers } from '../providers/all.js'

/** How much a child process may use. */
export interface Limits {
  /** Seconds for one model with all its inputs. */
  readonly timeout: number
  /** MiB of memory. */
  readonly memory: number
}

export const defaultLimits: Limits = { timeout: 60, memory: 4096 }

type Range = readonly [least: number, most: number]

/**
 * What limits may be. Timers count milliseconds in 32 bits; Node.js and onnxruntime themselves take about 100 MiB, and
 * the shell counts memory in bytes.
 */
export const limitRanges: { readonly [K in keyof Limits]: Range } = {
  timeout: [0.001, 2_147_483],
  memory: [128, 2 ** 24],
}

/** @throws Fault of usage for a limit that would not be kept */
export function checkLimits(limits: Limits): void {
  for (const [where, [least, most]] of Object.entries(limitRanges)) {
    const limit: unknown = limits[where as keyof Limits]
    if (typeof limit === 'number' && limit >= least && limit <= most) continue
    const what = `must be a number from ${least} to ${most}, got ${printable(String(limit))}`
    throw new Fault('usage', 'E_LIMITS', { where, what })
  }
}

export interface ChildOptions {
  readonly provider: Provider
  readonly limits: Limits
  /** Leaves TF32 to CUDA, which then computes matrix products and convolutions with 10 bits of mantissa. */
  readonly allowTf32?: boolean
  /** Folder for whatever the child, and the runtime in it, leaves behind; removed by who made it. */
  readonly scratch: string
}

const MiB = 1024

/** Beside this file, and of its kind: the source runs from TypeScript, the package from JavaScript. */
const worker = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url))

/**
 * The command that starts the child. Where there is a shell, the kernel limits the memory that is written to; for a
 * provider that maps far more than it uses only the JavaScript heap is limited.
 */
function command({ provider, limits, scratch }: ChildOptions): [string, string[]] {
  const heap = `--max-old-space-size=${Math.floor(limits.memory)}`
  const node = [process.execPath, heap, ...process.execArgv, worker, String(process.pid), scratch]
  if (process.platform === 'win32' || providers[provider].mapsMore) return [node[0] as string, node.slice(1)]
  return ['/bin/sh', ['-c', `ulimit -c 0; ulimit -d ${Math.floor(limits.memory * MiB)}; exec "$@"`, 'sh', ...node]]
}

const live = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL')
})

/** Starts a child process that takes orders; it dies with this process. @internal: not every program has Node’s types */
export function startChild(options: ChildOptions): ChildProcess {
  const [file, args] = command(options)
  const exact = options.allowTf32 ? {} : providers[options.provider].exact
  const child = spawn(file, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    // onnxruntime writes logs of its own to the temporary folder.
    env: { ...process.env, ...exact, TMPDIR: options.scratch, TEMP: options.scratch, TMP: options.scratch },
  })
  live.add(child)
  child.once('exit', () => live.delete(child))
  return child
}

/** The last words of a process on stderr, as far as they fit. @internal */
export function lastWords(child: ChildProcess): () => string {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000)
  })
  return () => text
}

/** Whether a dead process says that it had no memory left. */
export const outOfMemory = (words: string): boolean =>
  /heap out of memory|bad_alloc|cannot allocate|allocation failed|out of memory/i.test(words)

/** The line of its last words that tells most. */
export function telling(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '')
  const best = lines.find((line) => /error|terminate|what\(\)|fatal|fault/i.test(line)) ?? lines[0]
  return best === undefined ? '' : `: ${withoutFolders(best.trim()).slice(0, 300)}`
}
