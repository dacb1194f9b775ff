import type { Node } from '../../../../src/onnx/graph/model.js'
import { numbers } from '../edits.js'
import type { Mutant } from '../mutants.js'
import type { Site } from '../sites.js'
import type { Subject } from '../subjects.js'

/** Whether a rule says that a mutant is no fault. */
export type Holds = (mutant: Mutant, subject: Subject) => boolean

export const readersOf = ({ node, readers }: Site): readonly Node[] => readers(node.outputs[0] ?? '')

export const isOp = ({ site }: Mutant, ...ops: string[]): boolean => ops.includes(site.node.op)

export const numbersOf = ({ constant }: Site, name = ''): number[] => {
  const tensor = constant(name)
  return tensor ? numbers(tensor) : []
}

/** By the name of a node, and what is done to it. */
export const named =
  (node: RegExp, ...whats: RegExp[]): Holds =>
  ({ site, what }) =>
    node.test(site.node.name) && whats.some((own) => own.test(what))

export const any =
  (...several: Holds[]): Holds =>
  (mutant, subject) =>
    several.some((holds) => holds(mutant, subject))
