import { Random } from '../../../io/index.js'
import { background } from './ideas/background.js'
import { labels } from './ideas/labels.js'
import { mask } from './ideas/mask.js'
import { numbers } from './ideas/numbers.js'
import { real } from './ideas/real.js'
import { shapes } from './ideas/shapes.js'
import type { FixtureCase, FixtureInputs, Sources } from './types.js'

export { sourcesFrom } from './coco.js'
export type { FixtureCase, FixtureInputs, Sources } from './types.js'

/** Every fixture, the real one first. */
export const cases: readonly FixtureCase[] = [real, ...shapes, ...background, ...labels, ...mask, ...numbers]

/** The inputs of a case. */
export const inputsOf = ({ seed, make }: FixtureCase, sources: Sources): FixtureInputs =>
  make(new Random(seed), sources)
