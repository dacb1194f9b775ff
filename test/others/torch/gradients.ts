import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from '../../../src/io/tensor.js'
import { encodeTensor } from '../../../src/onnx/proto/encode.js'
import { evaluateModel } from '../../../src/runtime/session.js'
import { caseNames, configOf, feedsOf, graphBytes, readFixture } from '../../support/cases.js'
import { expectedGradients, tensorsOf } from '../../support/gradients.js'

/**
 * Writes, for each fixture and scale, the gradient by the oracle and by the float64 graph: `<case>/oracle_<l>.pb`,
 * `<case>/graph_<l>.pb`.
 *
 *     tsx gradients.ts FOLDER
 */
const [folder = ''] = process.argv.slice(2)

const double = ({ shape, data }: Tensor): Tensor => ({ dtype: 'float64', shape, data: Float64Array.from(data, Number) })

for (const name of caseNames) {
  const test = await readFixture(name)
  const [logits, labels] = [tensorsOf(test).logits.map(double), tensorsOf(test).labels.map(double)]
  const graph = graphBytes({ ...configOf(test), dtype: 'float64', gradients: true })
  const outputs = await evaluateModel(graph, feedsOf(logits, labels))
  mkdirSync(join(folder, name), { recursive: true })
  for (const [l, { values }] of expectedGradients(test).entries()) {
    const { shape } = logits[l] as Tensor
    const write = (who: string, tensor: Tensor) =>
      writeFileSync(join(folder, name, `${who}_${l}.pb`), encodeTensor(who, tensor))
    write('oracle', { dtype: 'float64', shape, data: values })
    write('graph', outputs.get(`grad_y_pred_${l}`) as Tensor)
  }
}
