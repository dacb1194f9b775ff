const numbers = 'NaN, a fraction, a number below 0'
const binary = 'add|div|max|min|mul|pow|sub|equal|greater|less|mod|where'

/** Values of these kinds that are good where they stand, by function and argument, each with the reason. */
const answers: readonly (readonly [place: RegExp, kinds: string, why: string])[] = [
  [/^(lintTraining|notesOf) 2$/, 'undefined, an empty object', 'the same'],
  [/^(attachLoss|replaceLoss|decodeNpz) 3$/, 'undefined, an empty object', 'options that may all be left out'],
  [/^(identify 3|probe 1)$/, 'undefined, an empty object', 'the same'],
  [/^(detachLoss|openSession|trainingPlan|referenceGradients) 2$/, 'undefined, an empty object', 'the same'],
  [/^(evaluate 2|evaluate 3|evaluateModel 3|graphOfModel 2)$/, 'undefined, an empty object', 'the same, and no feeds'],
  [/^(renderReport 2|renderReport 3|toJson 3|verifyCase 2)$/, 'undefined, an empty object', 'the same'],
  [/^(Graph 1|Graph.build 2|Graph.emit 4|Graph.emitMany 4)$/, 'undefined, an empty object', 'the same'],
  [/^ops.(reduce\w+ 2|range 3)$/, 'undefined, an empty object', 'the same'],
  [/^ops.(cumSum 2|divide 3|gather 3|sorted 3|inChunks 3)$/, 'undefined', 'an axis that may be left out'],
  [/^(gradients 3|Graph.constant 2|lintBoxes 4|toJson 2|lossPage 2)$/, 'undefined', 'may be left out'],
  [
    /^(decodeNpy 2|decodeNpz 2|graphOfModel 3|lintGraph 3|parseDarknet 2)$/,
    'undefined, a text, an empty text',
    'a name for messages',
  ],
  [
    /^(Graph.at|Graph.scope|Graph.symbol|Graph.subgraph|encodeTensor) 1$/,
    'a text, an empty text',
    'a name, of which there may be none',
  ],
  [/^Graph.constant 2$/, 'a text, an empty text', 'a hint for the name'],
  [/^Graph.(emit|emitMany|valueOf|attribute) 1$/, 'a text', 'the name of an operator, a value, an attribute'],
  [/^Graph.scope 2$/, 'a function', 'what is run in the scope'],
  [
    /^(Graph.input 3|Graph.ints 1|Graph.emit 2|Graph.emitMany 2|Graph.emitMany 3|Graph.subgraph 2)$/,
    'an empty list',
    'no sizes, numbers, operands, results',
  ],
  [/^encodeNpz 1$/, 'an empty object', 'nothing to write'],
  [/^(encodeNpz 1|gradients 2|renderReport 1|toJson 1|toJson 2)$/, 'an empty list', 'nothing to write, derive or tell'],
  [/^ops.(digits|squeeze|unsqueeze|vectorOf) 2$/, 'an empty list', 'no digits, axes, sizes'],
  [/^verifyCase 1$/, 'a text, an empty text', 'a folder; that there is none is a failed row of the report'],
  [new RegExp(`^ops.(${binary}) [123]$`), numbers, 'a number in place of a value; integers take whole ones'],
  [/^(Graph.scalar 1|ops.filled 3|ops.following 2)$/, numbers, 'a number in float32'],
  [
    /^ops.(concat 2|concatAll 2|cumSum 2|gather 3|pad 2|sorted 3|topK 3)$/,
    'a number below 0',
    'an axis counted from the end',
  ],
  [/^ops.strided [23]$/, 'a number below 0', 'a start or step from the end'],
  [/^ops.(nonZero|ragged|range|sizeOfDim|stackLoop) 2$|^ops.strided 4$/, 'a text', 'the name of a size'],
]

/** Exceptions from the above: integers and conditions. */
const refused = /^ops.(mod [12] (NaN|a fraction)|where 1 .*|filled 3 NaN|following 2 NaN)$/

/** Whether a call gives an answer though an argument has an odd value. */
export const isAnswer = (name: string, place: number, kind: string): boolean =>
  !refused.test(`${name} ${place} ${kind}`) &&
  answers.some(([pattern, kinds]) => pattern.test(`${name} ${place}`) && kinds.split(', ').includes(kind))
