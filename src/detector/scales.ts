import { quoted } from '../io/index.js'
import { sum } from '../onnx/index.js'
import { ConfigError, coarsestStride, type LossConfig } from '../yolo/index.js'
import { refuse } from './common.js'
import type { DetectorHead, HeadOptions } from './head.js'
import { isFlat } from './layouts.js'
import type { Detector } from './open.js'
import { gridOf } from './spatial.js'

const gridText = ({ grid: { h, w } }: DetectorHead): string => `${h === '' ? '?' : h}×${w === '' ? '?' : w}`
const isKnown = ({ grid: { h, w } }: DetectorHead): boolean => typeof h === 'number' && typeof w === 'number'
const cells = ({ grid: { h, w } }: DetectorHead): number => (h as number) * (w as number)

/**
 * The heads, coarsest scale first, with every number checked against the configuration and the other heads.
 * @throws InputError naming both numbers that disagree; ConfigError for grids that do not match the scales
 */
export function orderByGrid(
  detector: Detector,
  found: readonly DetectorHead[],
  config: LossConfig,
  options: HeadOptions,
): DetectorHead[] {
  const scales = config.anchorMask.length
  if (options.grids && options.grids.length !== scales)
    throw new ConfigError('grids', `must be one for each of the ${scales} scales, got ${options.grids.length}`)
  const heads = found.some((h) => isFlat(h.layout)) ? unflattened(detector, found, config, options.grids) : [...found]
  if (heads.length !== scales)
    refuse('E_HEADS', detector.file, `${heads.length} heads, but the configuration has ${scales} scales (anchor masks)`)
  const ordered = sorted(detector, heads, options)
  checkBatch(detector, ordered)
  checkGrids(detector, ordered)
  return ordered
}

function sorted(detector: Detector, heads: DetectorHead[], { heads: named }: HeadOptions): DetectorHead[] {
  if (heads.every(isKnown)) return heads.toSorted((a, b) => cells(a) - cells(b))
  if (named) return heads
  const traced = heads.map((head) => ({ head, grid: gridOf(detector, head.name) }))
  const sizes = traced.map(({ grid }) => (grid ? grid[0] * grid[1] : Number.NaN))
  if (sizes.every((n) => n > 0) && new Set(sizes).size === sizes.length)
    return heads.toSorted((a, b) => (sizes[heads.indexOf(a)] as number) - (sizes[heads.indexOf(b)] as number))
  const remedy = `name them, coarsest scale first: --heads ${heads.map((h) => h.name).join(',')} or another order`
  refuse('E_HEAD_GRID', detector.file, 'the grids of the heads are not fixed, so their scales cannot be told', remedy)
}

/** The scales inside flattened heads: one each, or all in one. */
function unflattened(
  detector: Detector,
  heads: readonly DetectorHead[],
  { anchorMask }: LossConfig,
  grids: HeadOptions['grids'],
): DetectorHead[] {
  const anchors = anchorMask[0]?.length ?? 0
  const known = grids ?? refuse('E_HEAD_GRID', detector.file, 'a head is flattened; its grid cannot be told', '--grids')
  const places = known.map(([h, w]) => h * w * anchors)
  const total = sum(places)
  const text = known.map(([h, w]) => `${h}×${w}`).join(', ')
  const refused = ({ name, shape }: DetectorHead, wanted: string | number): never => {
    const what = `head ${quoted(name)} has ${shape[1]} places, but ${anchors} anchors on the grids ${text} are ${wanted}`
    refuse('E_HEAD_GRID', detector.file, what)
  }
  const [only] = heads
  if (only && heads.length === 1 && anchorMask.length > 1) {
    if (only.shape[1] !== total) refused(only, total)
    const end = (i: number) => Number(sum(places.slice(0, i)))
    return known.map(([h, w], i) => ({ ...only, grid: { h, w }, part: [end(i), end(i + 1)] }))
  }
  return heads.map((head) => {
    const [h, w] = known[places.indexOf(head.shape[1] as number)] ?? refused(head, places.join(', '))
    return { ...head, grid: { h, w } }
  })
}

function checkBatch(detector: Detector, heads: readonly DetectorHead[]): void {
  const sizes = new Set(heads.map((h) => h.shape[0]).filter((d) => typeof d === 'number'))
  const refused = (what: string, remedy?: string) => refuse('E_HEAD_BATCH', detector.file, what, remedy)
  if (sizes.size > 1) refused(`the heads have different batch sizes: ${[...sizes].join(' and ')}`)
  if (sizes.has(0)) refused('the heads have batch size 0: the loss is divided by it', 'export it with another batch')
}

function checkGrids(detector: Detector, heads: readonly DetectorHead[]): void {
  const known = heads.filter(isKnown)
  const [coarsest] = known
  if (!coarsest || known.length < heads.length) return
  const all = known.map(gridText).join(', ')
  if (new Set(known.map(cells)).size < known.length)
    refuse('E_HEAD_GRID', detector.file, `two heads have the same grid: ${all}`, 'each scale needs a head of its own')
  const skew = known.find(
    (h) => (h.grid.h as number) * (coarsest.grid.w as number) !== (h.grid.w as number) * (coarsest.grid.h as number),
  )
  if (skew) refuse('E_HEAD_GRID', detector.file, `the grids ${all} have different proportions`)
  const [height, width] = imageSize(detector) ?? []
  if (height === undefined || width === undefined) return
  const [h, w] = [(coarsest.grid.h as number) * coarsestStride, (coarsest.grid.w as number) * coarsestStride]
  if (h === height && w === width) return
  const covered = `the coarsest grid ${gridText(coarsest)} at ${coarsestStride} pixels a cell covers ${h}×${w}`
  const remedy = 'give the heads of all scales, or export the detector for a size that 32 divides'
  refuse('E_HEAD_STRIDE', detector.file, `the image is ${height}×${width}, but ${covered}`, remedy)
}

/** Rows and columns of the image the detector takes, where its input says so. */
function imageSize(detector: Detector): readonly [number, number] | undefined {
  const images = detector.info.inputs.filter((i) => i.shape?.length === 4)
  const [n, a, b, c] = images.length === 1 ? (images[0]?.shape ?? []) : []
  if (n === undefined) return undefined
  const sides = a === 3 || a === 1 ? [b, c] : c === 3 || c === 1 ? [a, b] : []
  const [h, w] = sides
  return typeof h === 'number' && typeof w === 'number' ? [h, w] : undefined
}
