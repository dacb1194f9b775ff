import type { Tensor } from '../../src/io/tensor.js'
import { assignBoxes } from '../../src/reference/assign.js'
import type { BoxScene } from './boxes.js'

/** What the graph of targets is to give. */
export interface Expected {
  readonly labels: readonly Float32Array[]
  readonly refused: number
  readonly first: number
}

/** The targets of a scene by plain loops, everything of an image NaN where a refused box makes it so. */
export function expectedOf(scene: BoxScene): Expected {
  const { input, boxes, badBoxes } = scene
  const [height, width] = input
  const { labels, refused } = assignBoxes({ ...scene, input: { height, width } })
  const [B = 0, T = 0] = boxes.shape
  const numbers = labels.map(({ data }) => data as Float32Array)
  if (badBoxes === 'nan')
    for (const b of new Set(refused.map((place) => Math.floor(place / T))))
      for (const data of numbers) data.fill(Number.NaN, (b * data.length) / B, ((b + 1) * data.length) / B)
  return { labels: numbers, refused: refused.length, first: refused[0] ?? -1 }
}

const words = ({ buffer, byteOffset, length }: Float32Array): Uint32Array => new Uint32Array(buffer, byteOffset, length)

interface Difference {
  readonly at: number
  readonly got: number | undefined
  readonly want: number
}

/** The first places whose bits differ; NaN is NaN, whatever its other bits. `zeros` takes −0 for 0. */
export function differing(
  got: Float32Array,
  want: Float32Array,
  { zeros = false }: { readonly zeros?: boolean } = {},
): Difference[] {
  if (got.length !== want.length) return [{ at: -1, got: got.length, want: want.length }]
  const [a, b] = [words(got), words(want)]
  const found: Difference[] = []
  for (let at = 0; at < b.length && found.length < 5; at++) {
    if (a[at] === b[at]) continue
    const [x, y] = [got[at] as number, want[at] as number]
    if ((Number.isNaN(x) && Number.isNaN(y)) || (zeros && x === y)) continue
    found.push({ at, got: x, want: y })
  }
  return found
}

type Outputs = ReadonlyMap<string, Tensor>

const numberIn = (outputs: Outputs, name: string): number => Number(outputs.get(name)?.data[0])

/** Where the outputs of a graph of targets are not what is expected: nothing if all are. */
export function faultsOf(outputs: Outputs, { labels, refused, first }: Expected, options?: { zeros?: boolean }) {
  const targets = labels.flatMap((want, l) => {
    const found = differing((outputs.get(`y_true_${l}`)?.data ?? new Float32Array()) as Float32Array, want, options)
    return found.map((difference) => ({ scale: l, ...difference }))
  })
  const told = { refused: numberIn(outputs, 'boxes_refused'), first: numberIn(outputs, 'first_refused') }
  return told.refused === refused && told.first === first ? targets : [...targets, { told, refused, first }]
}
