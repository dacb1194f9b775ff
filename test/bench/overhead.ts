import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { at, command, race, verdict } from './clock.js'
import { heavyDetector } from './detector.js'
import { megabytes } from './report.js'

const most = { verify: 2, export: 0.3, attach: 2 }
const shown = (seconds: number): string => `${seconds.toFixed(2)} s`

/**
 * What `verify` costs on all fixtures, against the same models loaded and run once on the same inputs in one process.
 * Both are built and start from nothing.
 */
async function verifyLine(turns: number, busy: boolean): Promise<string> {
  const [bare, fixtures] = [at('node_modules/.cache/yolo-loss/bare.mjs'), at('fixtures')]
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
  const processes = [
    [bare, fixtures],
    [command, 'verify', fixtures],
  ]
  const { times, ratio } = race(processes, (plain = 1, verified = 0) => verified / plain, turns, busy)
  const [plain = 0, verified = 0] = times
  return `${verdict(ratio, most.verify)}  verify of all fixtures / bare runs = ${ratio.toFixed(2)} (${shown(verified)}, ${shown(plain)}), at most ${most.verify}`
}

/** What `export` takes, Node's start included. */
function exportLine(folder: string, turns: number, busy: boolean): string {
  const exported = [command, 'export', '--preset', 'yolov3-coco', '-o', join(folder, 'loss.onnx')]
  const { times, ratio } = race([exported, ['-e', '0']], (taken = 0) => taken, turns, busy)
  return `${verdict(ratio, most.export)}  export of yolov3-coco = ${ratio.toFixed(3)} s (Node alone ${times[1]?.toFixed(3)} s), at most ${most.export} s`
}

/** What `attach` adds to Node's start, against what copying the same file adds to it. */
function attachLine(folder: string, turns: number, busy: boolean): string {
  const [detector, copied, attached] = ['detector', 'copy', 'attached'].map((name) => join(folder, `${name}.onnx`))
  const bytes = heavyDetector()
  writeFileSync(detector as string, bytes)
  const processes = [
    ['-e', '0'],
    [at('test/bench/copy.mjs'), detector, copied],
    [command, 'attach', detector, '--preset', 'yolov3-coco', '-o', attached],
  ] as string[][]
  const beyond = (start = 0, copy = 0, attach = 0) => (attach - start) / (copy - start)
  const { times, ratio } = race(processes, beyond, turns, busy)
  const [start = 0, copy = 0, attach = 0] = times
  return `${verdict(ratio, most.attach)}  attach to ${megabytes(bytes.length)} MB / copy, both beyond Node's start = ${ratio.toFixed(2)} (${shown(attach)}, ${shown(copy)}, Node alone ${shown(start)}), at most ${most.attach}`
}

/** What the command line costs beside the work itself, a line for each of its goals; medians of interleaved turns. */
export async function overheadLines(turns: number, busy: boolean): Promise<string[]> {
  if (!existsSync(command)) return ['verify, export and attach: not measured, npm run build first']
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-overhead-'))
  try {
    return [await verifyLine(turns, busy), exportLine(folder, turns, busy), attachLine(folder, turns, busy)]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
