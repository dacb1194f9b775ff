import { dirname } from 'node:path'
import { escaped } from '../../io/index.js'
import { ruleTable } from '../../onnx/index.js'
import { lintTraining, type TrainingLint, type TrainingMemory, type Untrained } from '../../train/index.js'
import { causes, headline } from '../data/findings.js'
import { mebibytes } from '../data/mebibytes.js'
import { endable } from '../endable.js'
import { jsonReport } from '../groups/report.js'
import type { TrainingLintFlags } from '../groups/traininglint.js'

/** What of a detector is in the way of a training step, and what the step would be. */
export function lintForTraining(bytes: Uint8Array, file: string, flags: TrainingLintFlags, json = false) {
  const { trainOnly, ...same } = flags
  const only = trainOnly && { only: trainOnly }
  const report = endable(() => lintTraining(bytes, { file, folder: dirname(file), ...same, ...only }))
  const text = json
    ? JSON.stringify({ schemaVersion: 1, file, target: 'training', ...report })
    : render(file, report).join('\n')
  return { text, findings: report.findings, notes: report.notes }
}

function render(file: string, report: TrainingLint): string[] {
  const { inputs, findings, parameters, trained, untrained, memory } = report
  const sizes = Object.entries(inputs).map(([name, shape]) => `${escaped(name)} [${shape}]`)
  return [
    headline(file, `training (${sizes.join(', ')})`, findings),
    ...causes(findings),
    `  trains ${parameters.length} parameters, ${trained} numbers`,
    ...untrained.map(stays),
    ...(memory ? memoryLines(memory) : []),
  ]
}

const stays = ({ why, names, numbers }: Untrained): string => {
  const [first = '', ...others] = names
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  return `  stays as it is: ${escaped(first)}${more}, ${numbers} numbers: ${escaped(why)}`
}

/** @param memory of a step, without its loss */
export function memoryLines({ held, work, weights, optimizers }: TrainingMemory): string[] {
  const all = Object.entries(optimizers).map(([name, { total }]) => `${mebibytes(total)} with ${name}`)
  const parts = `work ${mebibytes(work)} (${mebibytes(held)} held for the backward pass), weights ${mebibytes(weights)}, and state`
  return [`  memory of a step without its loss, about ${all.join(', ')}:`, `    ${parts}`]
}

/** The rules of reverse mode, a line each. */
export function rulesOfTraining(json = false): string {
  const table = ruleTable()
  if (json) return jsonReport(table)
  const width = Math.max(...table.rules.map(({ op }) => op.length))
  const lines = table.rules.map(({ op, by, formula }) => {
    const places = by ? `by operand ${by.join(', ')}` : 'by all operands'
    return `  ${op.padEnd(width)}  ${formula}  (${places})`
  })
  return `${[
    'What operators pass back: a, b, x operands, y the result, g its gradient; each further operand after a semicolon.',
    ...lines,
    `Nothing goes through ${table.stops.join(', ')}.`,
  ].join('\n')}\n`
}
