/**
 * A program that waits for an endless run of its child process, for tests that kill or stop it meanwhile. Tells the
 * number of the child once that is at work, and at the end the code of the error; takes the seconds that a run may last.
 */
import { encodeModel } from '../../../src/onnx/proto/encode.js'
import { defaultLimits } from '../../../src/runtime/isolation/child.js'
import { Isolate } from '../../../src/runtime/isolation/isolate.js'
import { endless, pair, sumBytes } from '../models.js'

const isolate = new Isolate({ provider: 'cpu', limits: { ...defaultLimits, timeout: Number(process.argv[2]) } })
const session = { provider: 'cpu' } as const
await isolate.run({ file: 'sum', model: sumBytes, session, feeds: [{ x: pair(1, 2), w: pair(1, 2) }] })
const run = isolate.run({ file: 'endless', model: encodeModel(endless), session, feeds: [{}] })
setTimeout(() => console.log(isolate.pid), 300)
await run.catch((error: { code: string }) => console.log(error.code))
isolate.close()
