import type { Weights } from '../../attach/index.js'
import { quoted } from '../../io/index.js'
import { ConfigError } from '../../yolo/index.js'

const stem = (model: string): string => model.replace(/\.onnx$/i, '')

/** Where what a training step begins with lies. */
export const valuesBeside = (model: string): string => `${stem(model)}.npz`

/** Where the update lies of a training step that hands out its gradients. */
export const updateBeside = (model: string): string => `${stem(model)}.update.onnx`

const prefix = 'ema/'

/** Averages by the names of the weights. @throws ConfigError where there are none */
export function averagesIn(values: Weights, path: string): Weights {
  const own = Object.entries(values).filter(([name]) => name.startsWith(prefix))
  if (own.length === 0) throw new ConfigError('ema', `finds no averages in ${quoted(path)}: attach with --ema`)
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]))
}
