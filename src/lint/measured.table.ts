import { dataTypeCode } from '../onnx/index.js'
import type { Table } from './table.js'

const source = 'measured: graphs of opset 13 to 24 in test/frameworks; other operators are taken for right'

/** Runtimes that publish no list of operators: what was found to fail, or to be wrong, in them. */
export const openvino: Table = {
  target: 'openvino',
  version: 'OpenVINO 2026.4.1',
  source,
  noTypes: 'float64',
  constructs: [{ op: 'Loop', why: 'it refuses lists of open length in a loop', remedy: 'export --form compact' }],
}

export const mnn: Table = {
  target: 'mnn',
  version: 'MNN 3.6.1',
  source,
  noTypes: 'float64',
  constructs: [
    { op: 'Less', why: 'its Less is wrong where both numbers are negative', remedy: 'export --for mnn' },
    {
      op: 'Cast',
      attribute: 'to',
      is: dataTypeCode('bool'),
      why: 'its Cast to bool truncates: 0.5 is false',
      remedy: 'export --for mnn',
    },
    { op: 'Loop', why: 'it dies of lists of open length in a loop', remedy: 'export --form static' },
  ],
}

export const iree: Table = {
  target: 'iree',
  version: 'IREE 3.13.0',
  source,
  constructs: [
    { op: 'Loop', why: 'it compiles no lists of open length in a loop', remedy: 'export --for iree' },
    { op: 'Shape', open: true, why: 'it compiles no sizes that come of those of inputs', remedy: 'export --for iree' },
  ],
}
