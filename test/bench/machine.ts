import { cpus, loadavg, totalmem } from 'node:os'
import { env } from 'onnxruntime-node'

/** What the numbers of a run depend on. */
export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly memory: string
  /** Processes waiting to run when the bench began: anything but about 0 disturbs it. */
  readonly load: number
  readonly versions: Readonly<Record<string, string>>
}

export const machine = (peers: Readonly<Record<string, string>>): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  load: loadavg()[0] ?? 0,
  versions: { Node: process.version, onnxruntime: env.versions.node ?? env.versions.common, ...peers },
})
