import { listed, quoted, refuse } from '../io/index.js'
import { type ModelInfo, type ModelValue, readModel } from '../onnx/index.js'
import { lossConfigOf } from '../verify/index.js'
import { boxesName, type LossConfig, ofScale } from '../yolo/index.js'
import { asPictures, type PictureInput, type Size } from './pictures.js'

/** A training step, and what its inputs are. */
export interface OpenStep {
  readonly file: string
  readonly bytes: Uint8Array
  readonly config: LossConfig
  readonly picture: PictureInput & { readonly size: Size; readonly batch: number }
  /** Rows of boxes that an image has room for; unlimited where labels are dense, or the step does not say. */
  readonly rows: number
  /** What goes from step to step, by the names of the inputs. */
  readonly carried: readonly string[]
  /** Whether it asks what to divide by. */
  readonly normalized: boolean
}

const next = 'next_'
const again = 'make one: yolo-loss attach DETECTOR --train sgd -o step.onnx'

/**
 * Opens a training step of `attach --train`.
 * @throws InputError for a model that is none, or none that can be trained by its own update
 */
export function openStep(bytes: Uint8Array, file: string): OpenStep {
  const info = readModel(bytes, file)
  const config = lossConfigOf(info.metadata)
  const carried = carriedBy(info, file)
  if (!config) return refuse('E_STEP', file, 'does not say its configuration', again)
  const names = new Set([...carried, ...inputsOf(config)])
  const others = info.inputs.filter(({ name }) => !names.has(name))
  const rows = info.inputs.find(({ name }) => name === boxesName)?.shape?.[1]
  return {
    file,
    bytes,
    config,
    picture: pictureAmong(others, file),
    rows: typeof rows === 'number' ? rows : Number.POSITIVE_INFINITY,
    carried,
    normalized: config.normalizer,
  }
}

const inputsOf = ({ labels, anchorMask }: LossConfig): string[] => [
  ...['rate', 'normalizer'],
  ...(labels === 'dense' ? anchorMask.map((_, l) => ofScale('y_true', l)) : [boxesName]),
]

function carriedBy({ inputs, outputs, initializers }: ModelInfo, file: string): string[] {
  const carried = outputs.flatMap(({ name }) => (isCarried(name) ? [name.slice(next.length)] : []))
  const isHalf = outputs.some(({ name }) => name.startsWith('grad/'))
  if (isHalf || carried.length === 0) {
    const what = isHalf ? 'hands out gradients, and no weights that they make' : 'is no training step'
    refuse('E_STEP', file, what, isHalf ? 'attach without --gradients-only' : again)
  }
  const kept = carried.some((name) => initializers.includes(name))
  if (kept)
    refuse('E_STEP', file, 'keeps its weights in itself, where onnxruntime-node takes no others', 'attach without --one-file') // biome-ignore format: one line
  const fed = new Set(inputs.map(({ name }) => name))
  const odd = carried.find((name) => !fed.has(name))
  return odd === undefined ? carried : refuse('E_STEP', file, `has an output ${quoted(next + odd)} and no input ${quoted(odd)}`, again) // biome-ignore format: one line
}

/** Rank of pictures of several steps. */
const looped = 5

function pictureAmong(inputs: readonly ModelValue[], file: string): OpenStep['picture'] {
  const pictures = inputs.flatMap((input) => asPictures(input) ?? [])
  const [only, ...more] = pictures
  if (inputs.some(({ shape }) => shape?.length === looped))
    return refuse(
      'E_STEP',
      file,
      'makes several steps in one run, and is fed one by one',
      'attach without --steps-per-run',
    )
  const { batch, size } = only ?? {}
  if (!only || batch === undefined || size === undefined || more.length > 0 || inputs.length > 1) {
    const what = `takes ${listed(inputs.map(({ name }) => name))} beside labels and weights, where one input of pictures [B,3,h,w] or [B,h,w,3] is expected` // biome-ignore format: one line
    return refuse('E_STEP', file, what)
  }
  return { ...only, batch, size }
}

/** The values of the next step among the outputs of one. @throws InputError where one is missing */
export const carriedOn = <T>(carried: readonly string[], outputs: ReadonlyMap<string, T>, file: string) =>
  Object.fromEntries(
    carried.map((name) => {
      const value = outputs.get(`${next}${name}`)
      return [name, value ?? refuse('E_STEP', file, `has no output ${quoted(next + name)}`)] as const
    }),
  )

/** Whether an output is a value of the next step. */
export const isCarried = (output: string): boolean => output.startsWith(next)
