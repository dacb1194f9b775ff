import { readBytes } from '../../src/io/files/read.js'
import { loadRuntime, toOrt } from '../../src/runtime/ort.js'
import { findCases, readCase } from '../../src/verify/cases/testcase.js'

/** What verification cannot do without: every model of a folder loaded and run once on its inputs, in one process. */
const ort = await loadRuntime()
for (const dir of await findCases(process.argv[2] as string)) {
  const inputs = (await readCase(dir)).dataSets[0]?.inputs ?? []
  const session = await ort.InferenceSession.create(await readBytes(`${dir}/model.onnx`), { logSeverityLevel: 4 })
  await session.run(Object.fromEntries(inputs.map(({ name, tensor }) => [name, toOrt(ort, tensor)])))
  await session.release()
}
