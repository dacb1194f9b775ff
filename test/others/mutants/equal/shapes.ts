import type { Node } from '../../../../src/onnx/graph/model.js'
import { edit, far } from '../edits.js'
import type { Site } from '../sites.js'
import { type Holds, isOp, readersOf } from './holds.js'

export const stepOfOne: Holds = (mutant) => {
  const { site } = mutant
  const [start = 0, end = 0] = [1, 2].map((i) => Number(site.constant(site.node.inputs[i] ?? '')?.data[0]))
  const isOne = end - start === 1 || (start === -1 && end > far)
  return isOp(mutant, 'Slice') && edit(mutant)?.index === 4 && edit(mutant)?.after[0] !== 0 && isOne
}

/** The first size of a tensor, read off its shape, or 0: "as it was". */
export const copiedSize: Holds = ({ site, what }) =>
  site.node.op === 'Slice' &&
  what === 'left out, 1 passed on' &&
  site.constant(site.node.inputs[1] ?? '')?.data[0] === 0n &&
  site
    .readers(site.node.outputs[0] ?? '')
    .every(({ op, inputs }) => op === 'Concat' && inputs[0] === site.node.outputs[0])

export const flattened: Holds = (mutant) => {
  const found = edit(mutant)
  return isOp(mutant, 'Reshape') && `${found?.before}` === '0' && `${found?.after}` === '-1'
}

/** A size of a shape that −1 finds out, or that 0 copies, where both are the same. */
export const foundOrCopied: Holds = (mutant) => {
  const { site } = mutant
  const found = edit(mutant)
  if (site.node.op !== 'Concat' || !found) return false
  const front = site.node.inputs
    .slice(0, found.index)
    .reduce((n, name) => n + Number(site.typeOf(name)?.shape[0] ?? 1), 0)
  const changed = found.before.flatMap((x, i) => (x === found.after[i] ? [] : [i]))
  const isCopied = ({ op, inputs, outputs }: Node, place: number) =>
    op === 'Reshape' && site.typeOf(inputs[0] ?? '')?.shape[place] === site.typeOf(outputs[0] ?? '')?.shape[place]
  return changed.every(
    (i) => found.before[i] === -1 && found.after[i] === 0 && readersOf(site).every((node) => isCopied(node, front + i)),
  )
}

/** Whether a number of columns only says how many cells each row of a table of objectnesses has. */
export const cutsRows = (site: Site): boolean => {
  const readers = readersOf(site)
  return readers.length > 0 && readers.every(({ name }) => /objectness\/(Mul|Unsqueeze|Range)$/.test(name))
}
