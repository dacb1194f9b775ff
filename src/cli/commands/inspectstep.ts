import { printable } from '../../io/index.js'
import type { StepDescription } from '../../train/index.js'
import { mebibytes } from '../data/mebibytes.js'

/** `weight decay 0.05` of `weightDecay`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)

const settingOf = ([name, value]: readonly [string, unknown]): string =>
  value === true ? words(name) : `${words(name)} ${printable(String(value))}`

const few = 3

/** How many values there are, and the first of them. */
function listOf(values: readonly { readonly name: string }[]): string {
  const names = values.slice(0, few).map(({ name }) => printable(name))
  const more = values.length > few ? ` and ${values.length - few} more` : ''
  return values.length === 0 ? 'none' : `${values.length}: ${names.join(', ')}${more}`
}

/** What a training step trains, and how. */
export function stepLines({
  optimizer,
  settings,
  parameters,
  trained,
  frozen,
  statistics,
  state,
}: StepDescription): string[] {
  const [others, numbers] = frozen
  return [
    '',
    `training step: ${[optimizer, ...Object.entries(settings).map(settingOf)].join(', ')}`,
    `  parameters  ${listOf(parameters)}; ${trained} numbers`,
    `  frozen      ${others}; ${numbers} numbers`,
    `  statistics  ${listOf(statistics)}`,
    `  state       ${listOf(state)}`,
  ]
}

/** @returns about what a step takes beside the process and the loaded runtime */
export const stepMemory = ({ fed, work }: StepDescription): string[] => [
  '',
  'memory of a step, about:',
  `  inputs ${mebibytes(fed)}, work ${mebibytes(work)}, together ${mebibytes(fed + work)}`,
]
