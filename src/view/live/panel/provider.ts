import { h } from '../../client/dom/element.js'
import { choiceOf } from './fields.js'
import type { Live } from './live.js'
import type { Part } from './report.js'
import type { Provider } from './runtime.js'

/** Where the graph runs, where there is a choice. @param files which build of onnxruntime-web lies beside the page */
export function providerPart(live: Live, files: Provider): Part {
  const providers: readonly Provider[] = files === 'webgpu' && 'gpu' in navigator ? ['wasm', 'webgpu'] : ['wasm']
  const choice = choiceOf('Runs on', 'live-provider', (index) => live.runOn(providers[index] ?? 'wasm'))
  const words = { wasm: 'the processor (wasm)', webgpu: 'the graphics card (webgpu)' }
  const none = files === 'webgpu' && providers.length === 1 ? 'This browser has no WebGPU.' : ''
  return {
    element: h('div', { class: 'live-provider' }, ...(providers.length > 1 ? [choice.element] : [none])),
    show: () => choice.show(providers.map((name) => words[name]), providers.indexOf(live.provider)),
  } // biome-ignore format: one row each
}
