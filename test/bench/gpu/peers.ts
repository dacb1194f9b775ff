import { fileURLToPath } from 'node:url'
import { type TorchRun, torchRuns, torchVariant } from '../peers.js'
import { type Found, run } from '../python.js'
import type { Store } from '../store.js'
import type { Maybe } from '../variants.js'

const script = `import torch
print(torch.__version__, torch.cuda.get_device_name() if torch.cuda.is_available() else "")`

/** The first Python whose PyTorch sees a GPU; nothing is installed, as that build is large and depends on the driver. */
export function findTorch(): Found {
  const venv = fileURLToPath(new URL('../../../.venv/bin/python', import.meta.url))
  const blind: string[] = []
  for (const file of [process.env.BENCH_PYTHON ?? venv, 'python3']) {
    const { ok, out } = run(file, '-c', script)
    const [version = '', ...device] = out.split(' ')
    if (ok && device.length > 0) return { file, version: `${version} on ${device.join(' ')}` }
    if (ok) blind.push(version)
  }
  const why = 'no python3 here has PyTorch, nor has the one that BENCH_PYTHON names'
  return { why: blind[0] === undefined ? why : `torch.cuda.is_available() is False in PyTorch ${blind[0]}` }
}

/** Inputs on the device already; and the best of them with what Node cannot avoid, the way there and back. */
const runs: readonly TorchRun[] = torchRuns.flatMap((run) => {
  const there: TorchRun = { ...run, device: 'cuda' }
  return run.style === 'vectorised' ? [there, { ...there, transfer: true }] : [there]
})

export const torchOnGpu = (python: Found, store: Store): Maybe[] =>
  'why' in python
    ? [{ name: 'PyTorch, eager and compiled', why: python.why }]
    : runs.map((run) => torchVariant(python, store, run))
