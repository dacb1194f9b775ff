import { escaped } from '../../../io/index.js'
import type { Side } from '../../viewed.js'
import { h } from '../dom/element.js'
import { named } from '../dom/spelt.js'
import { differing } from '../model/state.js'
import { rowLink } from './links.js'

/** So many names are read in a sentence. */
const many = 12

function sentence(side: Side, names: readonly string[]): HTMLElement {
  const more = names.length > many ? ` and ${names.length - many} more` : ''
  const which = `${names.slice(0, many).map(escaped).join(', ')}${more}`
  const [first] = differing(side, 1)
  return h(
    'p',
    { class: 'verdict' },
    h('strong', { class: 'differs' }, '≠ ', named(side.graph?.name ?? side.name), ' differs from the reference'),
    ` in ${which}, beyond tolerance. `,
    first && rowLink(first, 'See the first row that differs'),
  )
}

/** Says before all else which outputs of a graph are not as the reference has them. */
export function verdict(sides: readonly Side[]): HTMLElement | undefined {
  const said = sides.flatMap((side) => {
    const names = (side.outputs ?? []).filter(({ differs }) => differs).map(({ name }) => name)
    return names.length ? [sentence(side, names)] : []
  })
  return said.length ? h('section', { class: 'verdicts', 'aria-label': 'What differs' }, ...said) : undefined
}
