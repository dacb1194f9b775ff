import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { TinyDetector, tinyConfig } from '../attach/detector.js'
import { type Spread, spreadOf } from './stats.js'

/**
 * Times the command line of two builds in turns, one line for each command: wall and processor time, the latter of child
 * processes included, and the ratios within each turn.
 *
 *     tsx test/bench/commands.ts OLD/dist/yolo-loss.js NEW/dist/yolo-loss.js [TURNS]
 */
const [old, now, turns = '15'] = process.argv.slice(2)
if (!old || !now) throw new RangeError('tsx test/bench/commands.ts OLD/dist/yolo-loss.js NEW/dist/yolo-loss.js [TURNS]')

const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-bench-'))
const fixture = resolve('fixtures/non-square')
writeFileSync(join(folder, 'd.onnx'), new TinyDetector().bytes())
writeFileSync(join(folder, 'tiny.json'), JSON.stringify(tinyConfig))

const commands: Readonly<Record<string, string>> = {
  export: 'export --preset yolov3-coco --components --gradients -o loss.onnx',
  attach: 'attach d.onnx --config tiny.json -o trainable.onnx',
  'verify, a fixture': `verify ${fixture}/model.onnx --fixtures ${fixture}`,
  'verify, its own cases': 'verify loss.onnx',
}

type Times = readonly [wall: number, processor: number]

function timed(build: string, words: string): Times {
  const shell = `TIMEFORMAT='%R %U %S'; time "${process.execPath}" "${resolve(build)}" ${words} >/dev/null 2>log`
  const { stderr } = spawnSync('bash', ['-c', shell], { cwd: folder, encoding: 'utf8' })
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(/\s+/).map(Number)
  return [wall, user + system]
}

const shown = ({ median, low, high }: Spread) => `${median.toFixed(2)} [${low.toFixed(2)}–${high.toFixed(2)}]`

for (const [name, words] of Object.entries(commands)) {
  const rounds = Array.from({ length: Number(turns) }, (_, i) => {
    const builds = i % 2 === 0 ? [old, now] : [now, old]
    const [a, b] = builds.map((build) => timed(build, words)) as [Times, Times]
    return i % 2 === 0 ? { before: a, after: b } : { before: b, after: a }
  })
  const columns = [0, 1].map((at) => {
    const ratios = spreadOf(rounds.map(({ before, after }) => (after[at] as number) / (before[at] as number)))
    const [was, is] = (['before', 'after'] as const).map(
      (when) => spreadOf(rounds.map((r) => r[when][at] as number)).median,
    )
    return `${was?.toFixed(2)} s → ${is?.toFixed(2)} s, ratio ${shown(ratios)}`
  })
  console.log(`${name.padEnd(22)} wall ${columns[0]}; processor ${columns[1]}`)
}
rmSync(folder, { recursive: true })
