import { described, expectArguments, must, whyUnfit } from '../../io/index.js'
import { ConfigError } from '../config/config.js'

const isSize = (x: unknown): boolean => Array.isArray(x) && x.length === 2 && x.every(Number.isSafeInteger)
const checks = { boxes: must.tensor, size: { what: 'height and width in pixels', fits: isSize } }
const keys = {
  anchors: must.list(must.list(must.number)),
  anchorMask: must.list(must.list(must.whole(0))),
  classes: must.whole(1),
}

/** What every function of boxes takes. @throws InputError, ConfigError */
export function expectBoxes(door: string, boxes: unknown, size: unknown, config: unknown): void {
  expectArguments(door, checks, { boxes, size })
  if (!must.record.fits(config)) throw new ConfigError('config', `must be an object; got ${described(config)}`)
  const given = new Map(Object.entries(config as object))
  for (const [key, check] of Object.entries(keys)) {
    const unfit = whyUnfit(check, given.get(key))
    if (unfit) throw new ConfigError(`${key}${unfit.at}`, unfit.why)
  }
}
