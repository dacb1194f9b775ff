import type { Anchor } from '../../yolo/index.js'
import type { NoteKind } from '../note.js'
import type { ConfigSubject } from './subject.js'

const spelled = ([w, h]: Anchor): string => `${w}×${h}`

const longest = (anchors: readonly Anchor[]): number => anchors.reduce((most, [w, h]) => Math.max(most, w, h), 0)

/** Fractions of the image, as some programs keep them. */
export const normalisedAnchors: NoteKind<ConfigSubject> = {
  code: 'normalised-anchors',
  what: 'no anchor is longer than one pixel: they look like fractions of the image',
  remedy: 'anchors are pixels of the network input: multiply them by its width and height',
  find: ({ config: { anchors }, placeOf }) => {
    const most = longest(anchors)
    return most > 1 ? undefined : { where: placeOf('anchors'), values: { longest: most } }
  },
}

/** Two anchors, the one of the coarser scale within the other. */
interface Inversion {
  readonly coarse: Anchor
  readonly fine: Anchor
}

/** Anchors of a coarser scale that lie within one of a finer scale. */
function inversionsIn(anchors: readonly Anchor[], masks: readonly (readonly number[])[]): Inversion[] {
  const of = (mask: readonly number[]) => mask.flatMap((i) => (anchors[i] ? [anchors[i]] : []))
  return masks.flatMap((mask, l) =>
    of(mask).flatMap((coarse) => {
      const fine = masks
        .slice(l + 1)
        .flatMap(of)
        .find(([w, h]) => w > coarse[0] && h > coarse[1])
      return fine ? [{ coarse, fine }] : []
    }),
  )
}

/** Whether the masks are all there is to turn round: in the other order every anchor has its place. */
const isTurned = ({ anchors, anchorMask }: ConfigSubject['config']): boolean =>
  inversionsIn(anchors, anchorMask.toReversed()).length === 0

const isAscending = ({ anchorMask }: ConfigSubject['config']): boolean =>
  anchorMask.every((mask, l) => l === 0 || Math.min(...mask) > Math.min(...(anchorMask[l - 1] ?? [])))

function told(inversions: readonly Inversion[], where: string) {
  const [first, ...others] = inversions
  if (!first) return undefined
  return { where, values: { coarser: spelled(first.coarse), finer: spelled(first.fine) }, more: others.length }
}

/** Masks as PyTorch programs write them, for heads of strides 8, 16, 32. */
export const masksFinestFirst: NoteKind<ConfigSubject> = {
  code: 'masks-finest-first',
  what: 'the masks begin with the finest scale, so that the coarsest grid gets the smallest anchors',
  remedy: 'turn the masks round, coarsest scale first: 6,7,8/3,4,5/0,1,2',
  find: ({ config, placeOf }) =>
    isAscending(config) && isTurned(config)
      ? told(inversionsIn(config.anchors, config.anchorMask), placeOf('anchorMask'))
      : undefined,
}

/** Anchors in another order than the masks take for granted. */
export const unsortedAnchors: NoteKind<ConfigSubject> = {
  code: 'anchors-out-of-order',
  what: 'an anchor of a coarser scale lies within one of a finer scale',
  remedy: 'the masks point at places in the list of anchors: sort it from small to large, or correct the masks',
  find: ({ config, placeOf }) =>
    isAscending(config) && isTurned(config)
      ? undefined
      : told(inversionsIn(config.anchors, config.anchorMask), placeOf('anchors')),
}
