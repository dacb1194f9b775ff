import { Fault } from '../../io/index.js'

/** What a command did, as programs read it. */
export const jsonReport = (report: object): string => `${JSON.stringify({ schemaVersion: 1, ...report }, null, 2)}\n`

/** The refusal of a flag that would print where the output goes. */
export const stdoutTaken = (flag: string): Fault<string, 'usage'> =>
  new Fault('usage', 'E_USAGE', { where: flag, what: 'prints on stdout, but so does -o -', remedy: 'give -o FILE' })
