import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tensor } from '../../src/io/tensor.js'
import { anchorsOf } from '../../src/yolo/config/config.js'
import type { AssignConfig, Size } from '../../src/yolo/labels/assign.js'
import type { BenchData } from './cases.js'

/** The inputs of a case as files, so that workers in any language read the same numbers. */
export interface Store {
  readonly folder: string
  /** Bytes of logits and labels. */
  readonly bytes: number
  write(name: string, bytes: Uint8Array): string
  remove(): void
}

/**
 * Writes each input as raw little-endian float32, `y_pred_0.f32 …`, and `case.txt`: numbers that any language reads
 * word by word. Its first line is `scales batch anchors classes threshold`, then one line a scale: `h w`, and the
 * anchors of this scale, width before height. `boxes.f32` is what the labels are assigned from, `boxes.json` by what.
 */
export function store({ case: bench, config, boxes, tensors }: BenchData): Store {
  const folder = mkdtempSync(join(tmpdir(), 'yolo-loss-bench-'))
  const write = (name: string, bytes: Uint8Array) => {
    const path = join(folder, name)
    writeFileSync(path, bytes)
    return path
  }
  const floats = (name: string, { data }: Tensor<'float32'>) =>
    write(`${name}.f32`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  for (const [l, tensor] of tensors.logits.entries()) floats(`y_pred_${l}`, tensor)
  for (const [l, tensor] of tensors.labels.entries()) floats(`y_true_${l}`, tensor)
  floats('boxes', boxes)
  const { anchors: all, anchorMask, classes } = config
  const by: BoxFile = { shape: boxes.shape, size: [bench.size, bench.size], anchors: all, anchorMask, classes }
  write('boxes.json', Buffer.from(JSON.stringify(by)))
  const [batch, , , anchors] = tensors.labels[0]?.shape ?? []
  const head = [tensors.labels.length, batch, anchors, config.classes, config.ignoreThreshold].join(' ')
  const scales = tensors.labels.map(({ shape }, l) => [shape[1], shape[2], ...anchorsOf(config, l).flat()].join(' '))
  write('case.txt', Buffer.from(`${[head, ...scales].join('\n')}\n`))
  const bytes = [...tensors.logits, ...tensors.labels].reduce((n, { data }) => n + data.byteLength, 0)
  return { folder, bytes, write, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The shape of `boxes.f32`, and what else assigns targets. */
export interface BoxFile extends AssignConfig {
  readonly shape: readonly number[]
  readonly size: Size
}

/** The sizes of a case as `case.txt` has them. */
export interface Sizes {
  readonly scales: number
  readonly batch: number
  readonly anchors: number
  readonly classes: number
  readonly grids: readonly (readonly [height: number, width: number])[]
}

export function sizesIn(text: string): Sizes {
  const [head = [], ...rest] = text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  const [scales = 0, batch = 0, anchors = 0, classes = 0] = head
  return { scales, batch, anchors, classes, grids: rest.map(([h = 0, w = 0]) => [h, w] as const) }
}
