import { boxEntries } from '../../yolo/index.js'
import type { CaseConfig } from './caseconfig.js'

const boxEntryNames = ['x', 'y', 'w', 'h', 'objectness'] as const

/** What an entry of a row stands for: `w`, or the class. */
const entry = (d: number): string => boxEntryNames[d] ?? `class ${d - boxEntries}`

/** The scale a name belongs to: `xy_1`, `ignore_mask_1`, `positives/layer1/NonZero`. */
const scaleOf = (name: string): number | undefined => {
  const digits = /(?:^|\/)layer(\d+)\//.exec(name)?.[1] ?? /^[a-z_]+_(\d+)$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Axes by their meaning; `d` is a row's entry and `ad` an anchor and an entry in one axis. */
function axesOf(shape: readonly number[], anchors: number, entries: number, layout: string): string[] | undefined {
  const [, second, third, , last] = shape
  if (shape.length === 5 && layout !== 'nhwc' && second === anchors && third === entries)
    return ['b', 'a', 'd', 'h', 'w']
  if (shape.length === 5) return ['b', 'h', 'w', 'a', last === entries || last === 1 ? 'd' : '']
  if (shape.length === 4 && second === anchors * entries && layout !== 'nhwc') return ['b', 'ad', 'h', 'w']
  if (shape.length === 4 && shape[3] === anchors * entries) return ['b', 'h', 'w', 'ad']
  if (shape.length === 4 && shape[3] === anchors) return ['b', 'h', 'w', 'a']
  return undefined
}

function words(axis: string, index: number, size: number, entries: number): string[] {
  if (axis === 'b') return [`image ${index}`]
  if (axis === 'h') return [`row ${index}`]
  if (axis === 'w') return [`column ${index}`]
  if (axis === 'a') return [`anchor ${index}`]
  if (axis === 'ad') return [`anchor ${Math.floor(index / entries)}`, entry(index % entries)]
  return axis === 'd' && size > 1 ? [entry(index)] : []
}

/**
 * What an index of a tensor of the loss means, as `scale 0, image 2, row 1, column 4, anchor 0, w`; '' where its shape
 * tells nothing.
 */
export function indexInWords(
  name: string,
  index: readonly number[],
  shape: readonly number[],
  config: CaseConfig | undefined,
): string {
  if (!config) return ''
  const scale = scaleOf(name)
  const anchors = config.anchorMask[scale ?? 0]?.length ?? 0
  const entries = boxEntries + config.classes
  const axes = axesOf(shape, anchors, entries, config.layout)
  const places = axes?.flatMap((axis, i) => words(axis, index[i] ?? 0, shape[i] ?? 0, entries)) ?? []
  return [...(scale === undefined ? [] : [`scale ${scale}`]), ...places].join(', ')
}
