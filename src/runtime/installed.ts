import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The onnxruntime-node that is installed. */
export interface Installed {
  readonly version: string
  /** Folder of the package. */
  readonly root: string
  /** Folder of its shared libraries. */
  readonly binaries: string
}

/** Where onnxruntime-node lies, found without loading it; undefined where it is not installed. */
export function installedRuntime(): Installed | undefined {
  try {
    const file = createRequire(import.meta.url).resolve('onnxruntime-node/package.json')
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
    const root = dirname(file)
    return { version, root, binaries: join(root, 'bin', 'napi-v6', process.platform, process.arch) }
  } catch {
    return undefined
  }
}
