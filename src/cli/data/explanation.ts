import { type AnyTensor, type Real, type Tensor, withRemedy } from '../../io/index.js'
import { findOddities, type Layout, layouts, type Oddity, spellPlace } from '../../yolo/index.js'

/** What the arrays of a loss are, as far as its metadata tell. */
interface Interpretation {
  readonly layout: Layout
  readonly maxBoxes?: number
  readonly guard: boolean
}

/** How to read the arrays, from the configuration in a model's metadata; keras-yolo3's way without one. */
export function interpretationOf(config: Readonly<Record<string, unknown>>): Interpretation {
  const name = typeof config.layout === 'string' ? config.layout : 'nhwc'
  return {
    layout: Object.hasOwn(layouts, name) ? layouts[name as keyof typeof layouts] : layouts.nhwc,
    guard: config.guard === true,
    ...(config.form === 'static' && typeof config.maxBoxes === 'number' ? { maxBoxes: config.maxBoxes } : {}),
  }
}

const isReal = (t: AnyTensor | undefined): t is Tensor<Real> =>
  t !== undefined && ['float16', 'float32', 'float64'].includes(t.dtype)

/** What is odd in the inputs `y_pred_l` and `y_true_l` of all scales. */
export function oddities(feeds: ReadonlyMap<string, AnyTensor>, { layout, maxBoxes }: Interpretation): Oddity[] {
  const found: Oddity[] = []
  for (let scale = 0; feeds.has(`y_true_${scale}`); scale++) {
    const [logits, labels] = [feeds.get(`y_pred_${scale}`), feeds.get(`y_true_${scale}`)]
    if (isReal(logits) && isReal(labels))
      found.push(...findOddities({ scale, logits, labels, layout, ...(maxBoxes ? { maxBoxes } : {}) }))
  }
  return found
}

const remedies: Readonly<Record<Oddity['kind'], string>> = {
  'zero-size': 'the original takes the logarithm of 0 there; remove the box, or export with --guard',
  'negative-size': 'the logarithm of a negative size is NaN; remove the box',
  'non-finite-label': 'labels must be finite; look at what wrote them',
  'non-finite-logit': 'the detector gave it; look at its learning rate and inputs',
  'outside-cell': 'the label stands in the wrong cell or scale, or x and y are swapped',
  'too-many': 'export with a larger --max-boxes, or give fewer boxes',
}

/** Kinds that can make a loss this: `+inf` from a size of 0, `NaN` from nearly all. */
function blamed(loss: number, { guard }: Interpretation): readonly Oddity['kind'][] {
  if (Number.isFinite(loss)) return []
  const kinds: Oddity['kind'][] = ['non-finite-logit', 'non-finite-label', 'negative-size', 'too-many']
  return guard ? kinds : [...kinds, 'zero-size']
}

const spelledLoss = (loss: number): string => (Number.isNaN(loss) ? 'NaN' : loss > 0 ? '+inf' : '-inf')

/**
 * Sentences that say why a loss is not finite, or what in its inputs was hardly meant.
 * @param loss the whole loss
 */
export function sentences(loss: number, findings: readonly Oddity[], how: Interpretation): string[] {
  const causes = blamed(loss, how)
  const told = findings.map(({ kind, count, at, what }) => {
    const more = count > 1 ? ` (${count} such in scale ${at.scale})` : ''
    const fact = `${spellPlace(at)} has ${kind.startsWith('non-finite') ? 'a value that is not finite: ' : ''}${what}${more}`
    const start = causes.includes(kind) ? `loss is ${spelledLoss(loss)} because ` : 'note: '
    return withRemedy(`${start}${fact}`, remedies[kind])
  })
  if (Number.isFinite(loss) || findings.some(({ kind }) => causes.includes(kind))) return told
  return [`loss is ${spelledLoss(loss)}, and no label or logit is to blame: report this graph and its inputs`, ...told]
}
