import { type RuleName, type Semantics, spelledSpec, type ValueOf } from '../../reference/semantics/records.js'
import type { LossConfig } from './config.js'
import type { Conflict } from './conflict.js'
import { isUsual, rulesOf, specOf } from './semantics.js'

type Values = { readonly [N in RuleName]?: readonly ValueOf<N>[] }

/** Values of rules that dense labels have room for; of the others they have all. */
const heldByLabels: Values = {
  assignment: ['best'],
  sharedBox: ['last'],
  sharedClass: ['all', 'last'],
  ignoreBoxes: ['scale'],
}

/** The rules whose values want more than dense labels hold, as one writes them. */
export function lostByLabels(semantics: Semantics): string[] {
  return Object.entries(heldByLabels).flatMap(([name, held]) => {
    const value = semantics[name as RuleName]
    const isIdle = name === 'ignoreBoxes' && semantics.maskOf === 'none'
    return isIdle || (held as readonly string[]).includes(value) ? [] : [`${name}=${value}`]
  })
}

const named = (c: LossConfig): string => spelledSpec(specOf(c))

/** What other semantics than those of keras-yolo3 cannot be. */
const ofOthers = (key: Conflict['key'], when: Conflict['when'], why: Conflict['why']): Conflict => ({
  key,
  when: (c) => !isUsual(c) && when(c),
  why,
})

const lossAlone = (c: LossConfig): string => `is of the loss of keras-yolo3 alone, not of ${named(c)}`

/** Options that do not go together with the semantics of other implementations. */
export const ofSemantics: readonly Conflict[] = [
  ofOthers(
    'form',
    (c) => c.form === 'compact',
    (c) => `must be static or loop for ${named(c)}: compact computes the loss of keras-yolo3 alone`,
  ),
  ofOthers(
    'graph',
    (c) => c.graph !== 'loss',
    (c) => `must be loss for ${named(c)}, got ${c.graph}: heads and targets are those of keras-yolo3`,
  ),
  ofOthers('diagnostics', (c) => c.diagnostics, lossAlone),
  ofOthers('divisionFree', (c) => c.divisionFree, lossAlone),
  ofOthers('for', (c) => c.for, lossAlone),
  ofOthers(
    'reduction',
    (c) => c.reduction === 'sum',
    (c) => `must be batch-mean, for what the rules of ${named(c)} say, or none; for a sum set the rule reduction=sum`,
  ),
  ofOthers(
    'normalizer',
    (c) => c.normalizer && rulesOf(c).reduction !== 'batch',
    (c) => `divides in place of the batch, but ${named(c)} has the rule reduction=${rulesOf(c).reduction}`,
  ),
  ofOthers(
    'lossRank',
    (c) => c.lossRank === 1 && rulesOf(c).reduction === 'image',
    (c) => `is of no use: the rule reduction=image of ${named(c)} gives [B]`,
  ),
  {
    key: 'semanticsFromLabels',
    when: (c) => c.semanticsFromLabels && (isUsual(c) || c.labels !== 'dense'),
    why: (c) =>
      isUsual(c)
        ? 'is of no use: dense labels hold all that keras-yolo3 wants'
        : `is about dense labels, not ${c.labels}`,
  },
  ofOthers(
    'labels',
    (c) => c.labels === 'dense' && !c.semanticsFromLabels && lostByLabels(rulesOf(c)).length > 0,
    (c) =>
      `must be boxes or weighted-boxes for ${named(c)}: dense labels have lost what ${lostByLabels(rulesOf(c)).join(', ')} ` +
      'looks at; or switch "semanticsFromLabels" on, for the loss of what they still hold',
  ),
]
