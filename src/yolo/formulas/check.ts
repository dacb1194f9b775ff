import { GraphError, sameShape, type Value } from '../../onnx/index.js'

/** A loss never broadcasts silently. @throws GraphError E_SHAPE */
export function sameShapes(at: string, values: Readonly<Record<string, Value>>): void {
  const [first, ...rest] = Object.values(values) as [Value, ...Value[]]
  if (rest.some((v) => !sameShape(v.shape, first.shape)))
    throw new GraphError(
      'E_SHAPE',
      first.graph.at(at),
      'operands must have one shape',
      values,
      'losses never broadcast',
    )
}
