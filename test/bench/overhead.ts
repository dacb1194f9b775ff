import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const command = at('dist/yolo-loss.js')
const fixtures = at('fixtures')

/** How often longer than the bare runs verification may take. */
const most = 2

const middle = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] as number

/** Seconds that a Node process takes, from its start to its end; its processor time on a busy machine. */
function seconds(args: readonly string[], busy: boolean): number {
  const timed = '/usr/bin/time'
  const start = performance.now()
  if (busy && existsSync(timed)) {
    const { stderr } = spawnSync(timed, ['-f', '%U %S', process.execPath, ...args], { encoding: 'utf8' })
    const [user = 0, system = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number)
    return user + system
  }
  spawnSync(process.execPath, args)
  return (performance.now() - start) / 1000
}

/**
 * What `verify` costs on all fixtures, against the same models loaded and run once on the same inputs in one process;
 * medians of interleaved turns. Both are built and start from nothing.
 */
export async function overheadLine(turns: number, busy: boolean): Promise<string> {
  if (!existsSync(command)) return 'verify: not measured, npm run build first'
  const bare = at('node_modules/.cache/yolo-loss/bare.mjs')
  const external = ['onnxruntime-node', 'protobufjs', 'protobufjs/*', 'write-file-atomic', 'onnx-proto']
  await build({
    entryPoints: [at('test/bench/bare.ts')],
    outfile: bare,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external,
    logLevel: 'warning',
  })
  const times = Array.from({ length: turns }, () => [
    seconds([bare, fixtures], busy),
    seconds([command, 'verify', fixtures], busy),
  ])
  const [plain, verified] = [0, 1].map((i) => middle(times.map((t) => t[i] as number))) as [number, number]
  const ratio = middle(times.map(([a = 1, b = 0]) => b / a))
  const verdict = ratio <= most ? 'reached' : 'MISSED '
  return `${verdict}  verify of all fixtures / bare runs = ${ratio.toFixed(2)} (${verified.toFixed(2)} s, ${plain.toFixed(2)} s), at most ${most}`
}
