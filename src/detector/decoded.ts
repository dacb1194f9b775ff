import { quoted } from '../io/index.js'
import { boxEntries } from '../yolo/index.js'
import { called, refuse } from './common.js'
import type { ChannelSizes } from './layouts.js'
import type { Detector } from './open.js'
import { traceBack, valueType } from './trace.js'

const most = 12

/** Convolutions that the values come from and that have as many channels as a head, in graph order. */
export function cutPoints(detector: Detector, values: readonly string[], { anchors, entries }: ChannelSizes): string[] {
  const sources = new Set(values.flatMap((name) => traceBack(detector, name).sources))
  const order = detector.graph.node.flatMap((n) => n.output).filter((name) => sources.has(name))
  return order.filter((name) => valueType(detector, name)?.shape?.includes(anchors * entries)).slice(0, most)
}

/** Refuses a head that is no longer a logit, naming what was done to it and where it could be cut. */
export function refuseDecoded(detector: Detector, name: string, sizes: ChannelSizes): never {
  const { decoders, sources } = traceBack(detector, name)
  const named = decoders.slice(0, 3).map(called).join(', ')
  const fitting = cutPoints(detector, [...detector.graph.output.map((o) => o.name), name], sizes)
  const points = fitting.length > 0 ? fitting : sources.slice(0, most)
  const channels = sizes.anchors * sizes.entries
  const hint =
    fitting.length > 0
      ? `cut at the last raw convolutions: --heads ${points.join(',')}`
      : `none of its convolutions has ${channels} channels (${sizes.anchors} anchors × (5 + ${sizes.entries - boxEntries} classes)); ` +
        `the last ones are ${points.map(quoted).join(', ')}`
  refuse('E_HEAD_DECODED', detector.file, `${quoted(name)} holds no logits any more: it went through ${named}`, hint)
}
