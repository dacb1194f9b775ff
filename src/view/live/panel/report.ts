import { h } from '../../client/dom/element.js'
import { data } from '../../client/dom/spelt.js'
import type { Expected } from '../batch/compute.js'
import { agrees, apart, sinceThen } from '../batch/verdict.js'
import { button } from './fields.js'
import type { Live, Outcome } from './live.js'
import type { Names } from './names.js'

/** Part of the panel. */
export interface Part {
  readonly element: HTMLElement
  /** Shows the state as it is. */
  show(): void
}

/** The loss of the graph and of the reference, how they differ, and what the changes did to it. */
export function report(live: Live): Part {
  const rows = h('dl', { class: 'live-numbers' })
  const said = h('p', { class: 'live-said', role: 'status', id: 'live-said' })
  const failure = h('p', { class: 'live-failure', role: 'alert', id: 'live-failure' })
  return {
    element: h('div', { class: 'live-report' }, rows, said, failure),
    show() {
      const { now, first } = live
      rows.replaceChildren(...numbers(live, now, first))
      const text = sentence(live)
      if (said.textContent !== text) said.textContent = text
      failure.textContent = live.refused ?? now?.failure ?? ''
    },
  }
}

function numbers(live: Live, now: Outcome | undefined, first: Outcome | undefined): Node[] {
  const row = (id: string, term: string, value: number | undefined, more?: Node) => {
    const shown = value === undefined ? '…' : data(value, 7)
    return h('div', { class: 'live-number' }, h('dt', {}, term), h('dd', { id }, shown, ' ', more))
  }
  const { graph, reference } = now ?? {}
  const difference = graph !== undefined && reference ? apart(graph, reference.loss) : undefined
  const change = reference && first?.reference ? changeOf(first.reference.loss, reference.loss) : undefined
  return [
    row('live-graph', `graph, ${now ? whichGraph(live, now) : 'loading'}`, graph),
    row('live-reference', 'reference, float64', reference?.loss),
    row('live-difference', 'difference', difference, verdict(graph, reference)),
    row('live-change', 'change since the beginning', change),
  ]
}

const whichGraph = ({ given }: Live, { given: isGiven, provider }: Outcome): string =>
  `${provider}, ${isGiven ? given.name : 'built here'}`

/** What is no number, and was none, has not changed. */
const changeOf = (before: number, now: number): number => (Object.is(before, now) ? 0 : now - before)

function verdict(graph: number | undefined, reference: Expected | undefined): Node | undefined {
  if (graph === undefined || reference === undefined) return undefined
  const isWithin = agrees(graph, reference.loss, reference.tolerance)
  const text = isWithin ? '✓ within rounding' : '✗ beyond rounding'
  return h('span', { class: `live-verdict${isWithin ? '' : ' live-beyond'}` }, text)
}

/** For whoever hears the page. */
function sentence({ now, first, isBusy }: Live): string {
  if (isBusy || !now?.reference) return now ? 'computing …' : 'loading onnxruntime-web …'
  const { graph, reference, milliseconds = 0 } = now
  if (graph === undefined) return ''
  const way = sinceThen(first?.reference?.loss ?? reference.loss, reference.loss)
  return `loss ${Number(reference.loss.toPrecision(7))}, ${way}; the graph ran ${milliseconds.toFixed(0)} ms`
}

/** The changes made so far, and the way back. */
export function changes(live: Live, names: Names): Part {
  const undo = button('live-undo', 'Undo', () => live.undo())
  const reset = button('live-reset', 'Reset', () => live.reset())
  const list = h('ol', { class: 'live-edits', id: 'live-edits' })
  return {
    element: h(
      'fieldset',
      { class: 'live-changes' },
      h('legend', {}, 'Changes'),
      h('div', { class: 'live-buttons' }, undo, reset),
      list,
    ),
    show() {
      const { edits } = live.history
      for (const element of [undo, reset]) element.disabled = edits.length === 0
      list.replaceChildren(...edits.map((edit) => h('li', {}, names.edit(edit))))
    },
  }
}
