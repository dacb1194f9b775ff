import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeNpz } from '../../src/io/arrays/npz.js'
import { float32, type Tensor } from '../../src/io/tensor.js'
import type { Note } from '../../src/notes/index.js'
import type { ConfigInput } from '../../src/yolo/config/config.js'
import { resolveConfig } from '../../src/yolo/config/resolve.js'
import { assignTargets } from '../../src/yolo/labels/assign.js'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()

/** A file of the test that imports this. */
export const at = (name: string): string => join(root, name)

export const base = { preset: 'yolov3-tiny-voc', classes: 3 } satisfies ConfigInput
const size = [96, 128] as const

/** Two images of one object each, in pixels of an input of 96 by 128. */
export const boxes = float32([2, 1, 5], [10, 20, 70, 60, 1, 30, 12, 121, 93, 2])
export const labels = assignTargets(boxes, size, resolveConfig(base))

/** Numbers without a pattern, from −3 to 3. */
export const logits = labels.map(({ shape: [b = 0, h = 0, w = 0] }) =>
  float32(
    [b, h, w, 24],
    Float32Array.from({ length: b * h * w * 24 }, (_, i) => ((i * 37) % 61) / 10 - 3),
  ),
)

/** A tensor with other numbers. */
export const changed = (t: Tensor<'float32'>, change: (x: number, i: number) => number): Tensor<'float32'> =>
  float32(t.shape, t.data.map(change))

/** All arrays of a loss from dense labels, those that are given in place of the sound ones. */
export const arrays = (given: Readonly<Record<string, Tensor>> = {}): Record<string, Tensor> => ({
  ...Object.fromEntries(logits.map((t, l) => [`y_pred_${l}`, t])),
  ...Object.fromEntries(labels.map((t, l) => [`y_true_${l}`, t])),
  ...given,
})

export async function save(name: string, tensors: Readonly<Record<string, Tensor>>): Promise<string> {
  await writeFile(at(name), await encodeNpz(Object.entries(tensors).map(([key, tensor]) => ({ name: key, tensor }))))
  return at(name)
}

export async function graph(name: string, options: ConfigInput = {}): Promise<string> {
  await writeFile(at(name), graphBytes({ ...base, ...options }))
  return at(name)
}

export async function text(name: string, content: string | object): Promise<string> {
  await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content))
  return at(name)
}

/** A command with `--json`: its notes as programs read them, and in words. */
export async function noted(args: readonly string[]) {
  const { code, stdout, stderr } = await yoloLossHere([...args, '--json'])
  const report = JSON.parse(stdout) as { readonly notes: Note[] }
  return { code, stderr, report, notes: report.notes, codes: report.notes.map((note) => note.code) }
}
