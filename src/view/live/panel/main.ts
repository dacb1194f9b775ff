import { h } from '../../client/dom/element.js'
import { unpack } from '../../pack.js'
import type { View } from '../../viewed.js'
import { unpackBatch } from '../batch/batch.js'
import { boxesPart } from './boxes.js'
import { Live } from './live.js'
import { logitPart } from './logit.js'
import { Names } from './names.js'
import { providerPart } from './provider.js'
import { changes, type Part, report } from './report.js'
import { Runtime } from './runtime.js'
import { viewOf } from './shown.js'
import { thresholdPart } from './threshold.js'

interface Beside {
  readonly backend: 'wasm' | 'webgpu'
  readonly graph?: string
}

const elements = (parts: readonly Part[]): HTMLElement[] => parts.map(({ element }) => element)

const packed = (id: string) => unpack(document.getElementById(id)?.textContent ?? '')

async function fetched(name: string): Promise<Response> {
  const response = await fetch(name)
  if (!response.ok) throw new Error(`${name}: ${response.status}`)
  return response
}

async function begin(): Promise<void> {
  const [view, beside] = [(await packed('view')) as View, (await packed('beside')) as Beside]
  const batch = await unpackBatch(await (await fetched('batch.txt')).text())
  const bytes = new Uint8Array(await (await fetched('loss.onnx')).arrayBuffer())
  const live = new Live(batch, new Runtime(beside.backend), { name: beside.graph ?? 'loss.onnx', bytes })
  const names = new Names(view)
  const first = view.sides[0]?.worst[0] ?? { image: 0, scale: 0, row: 0 }
  const told = [report(live), providerPart(live, beside.backend)]
  const moved = boxesPart(live, names)
  const others = [thresholdPart(live), logitPart(live, names, first), changes(live, names)]
  const side = h('div', { class: 'live-side' }, ...elements(others))
  const parts = h('div', { class: 'live-parts' }, moved.element, side)
  panel.replaceChildren(h('h2', {}, 'Live'), ...elements(told), parts)
  document.getElementById('viewer')?.after(panel)
  const show = () => {
    for (const part of [...told, moved, ...others]) part.show()
  }
  live.onChange(show)
  let shown = batch
  live.onSettled((settled) => {
    if (settled !== shown) document.dispatchEvent(new CustomEvent('yolo-view', { detail: viewOf(view, settled) }))
    shown = settled
  })
  show()
  await live.follow()
}

const panel = h('section', { id: 'live', 'aria-label': 'Live' }, h('p', {}, 'Loading …'))
document.body.append(panel)
begin().catch((error: unknown) => {
  panel.replaceChildren(h('h2', {}, 'Live'), h('p', { role: 'alert' }, `The page cannot be live: ${error instanceof Error ? error.message : error}`)) // biome-ignore format: one row
})
