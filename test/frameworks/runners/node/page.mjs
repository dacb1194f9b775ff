/** Runs in the page: the graph at `/graph` on the inputs of `/job.json`, by one bundle, on one execution provider. */

const arrays = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array }

const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))

function textOf({ buffer, byteOffset, byteLength }) {
  let text = ''
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) text += String.fromCharCode(byte)
  return btoa(text)
}

export async function run() {
  const { bundle, provider, given } = await (await fetch('/job.json')).json()
  const ort = await import(bundle)
  ort.env.logLevel = 'fatal'
  ort.env.wasm.numThreads = 1
  const graph = new Uint8Array(await (await fetch('/graph')).arrayBuffer())
  const session = await ort.InferenceSession.create(graph, { executionProviders: [provider] })
  const tensor = ({ dtype, shape, data }) => new ort.Tensor(dtype, new arrays[dtype](bytesOf(data).buffer), shape)
  const results = await session.run(Object.fromEntries(given.map((one) => [one.name, tensor(one)])))
  const packed = []
  for (const name of session.outputNames) {
    const { type, dims } = results[name]
    packed.push({ name, dtype: type, shape: [...dims], data: textOf(await results[name].getData()) })
  }
  await session.release()
  return packed
}
