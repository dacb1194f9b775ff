// Trains with a step of `yolo-loss attach --train`, by onnxruntime-node: node step.mjs step.onnx step.npz batch.npz [STEPS] [RATE]
// batch.npz holds the detector's input and the labels, by the names of the inputs of step.onnx.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { decodeNpz, detachLoss, openSession } from 'onnx-yolo-loss'

const [model = 'step.onnx', begin = 'step.npz', data = 'batch.npz', steps = '100', rate = '0.001'] =
  process.argv.slice(2)
if (!(steps > 0) || !(rate >= 0)) throw new RangeError(`steps ${steps} and rate ${rate} must be numbers, steps above 0`)
if (existsSync('trained.onnx')) throw new Error('trained.onnx is there already: move it away')
const arrays = async (file) => decodeNpz(await readFile(file), file)

const bytes = await readFile(model)
const session = await openSession(bytes)
const batch = { ...(await arrays(data)), rate: { dtype: 'float32', shape: [], data: Float32Array.of(Number(rate)) } }
let values = await arrays(begin)
for (let step = 0; step < Number(steps); step++) {
  const out = await session.run({ ...values, ...batch })
  values = Object.fromEntries(Object.keys(values).map((name) => [name, out[`next_${name}`]]))
  console.log(step, out.loss.data[0])
}
await session.release()
await writeFile('trained.onnx', detachLoss(bytes, { weights: values }).bytes)
