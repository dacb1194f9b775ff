import { type Found, here } from './python.js'
import type { Store } from './store.js'
import type { Maybe, Variant } from './variants.js'
import type { Command } from './worker.js'

const labelling = (name: string, command: Command): Variant => ({
  name: `host: ${name}`,
  gradients: false,
  command,
  task: 'labels',
  tolerance: 0,
})

/** What dense labels cost before any loss is computed, here. */
export const assigned = (store: Store): Variant =>
  labelling('assignTargets', {
    file: process.execPath,
    args: ['--import', 'tsx', here('assign-worker.ts'), store.folder],
  })

const means = { numpy: 'numpy assignment', torch: 'torch vectorised assignment' }

/** The same by other means; `python` has both. */
export const assignedInPython = (python: Found, { folder }: Store): Maybe[] =>
  Object.entries(means).map(([mean, name]) =>
    'why' in python
      ? { name: `host: ${name}`, why: python.why }
      : labelling(name, { file: python.file, args: ['-B', here('peers/assign_worker.py'), folder, mean] }),
  )
