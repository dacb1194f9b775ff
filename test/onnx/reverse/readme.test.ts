import { expect, test } from 'vitest'
import { ruleTable } from '../../../src/onnx/reverse/table.js'

const places = (by: readonly number[] | undefined): string => (by ? by.join(', ') : 'all')

const { rules, stops } = ruleTable()
const rows = rules.map(({ op, formula, by }) => `| \`${op}\` | ${places(by)} | ${formula} |`)

const readme = `# Rules of reverse mode

What each operator passes back to its operands: \`a\`, \`b\`, \`x\` are operands, \`y\` is the result and \`g\` its gradient; the rule of
each further operand follows after a semicolon. What was broadcast is summed by the walker, \`gradients.ts\`. A rule is a record in
\`rules/\`: its formula, the places of the operands it differentiates by, and a function that writes the contributions.

| operator | operands | what they get |
|---|---|---|
${rows.join('\n')}

Nothing goes through ${stops.join(', ')}. Any other operator between a value and what it is differentiated by ends
in an error that names the node. The table is made from \`rules.ts\`: \`npx vitest run test/onnx/reverse/readme.test.ts -u\` writes it
anew, and
\`yolo-loss lint --for training --rules\` prints it.
`

test('README.md lists the rules; -u writes it anew', () =>
  expect(readme).toMatchFileSnapshot('../../../src/onnx/reverse/README.md'))
