import { flag, grouped, type ValuesOf } from './flag.js'
import { json } from './run.js'

/** Where a model goes that was made from another one. */
export const outputFlags = grouped(
  'Writing',
  flag('-o, --output <file>', 'where to; - for stdout', { required: true }),
  flag('--copy-data', 'copy external data along when the target lies in another folder'),
  flag('--force', 'replace data files that are there already'),
  json('words'),
)

export type OutputFlags = ValuesOf<typeof outputFlags>
