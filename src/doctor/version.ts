import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const pattern = /\d+\.\d+\.\d+/

/** The file that setup-cuda leaves beside the libraries it put there. */
export const stampName = 'yolo-loss-cuda.json'

/** What a line of a text file says, if there is such a file. */
const inFile = (path: string, line: RegExp): string | undefined =>
  existsSync(path) ? line.exec(readFileSync(path, 'utf8'))?.[1] : undefined

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * The version of the provider libraries in a folder: as setup-cuda noted it, or from what the packages of onnxruntime
 * have beside them (VERSION_NUMBER, libonnxruntime.so.1.30.0, onnxruntime_gpu-1.30.0.dist-info); undefined if nothing
 * tells.
 */
export function libraryVersion(folder: string): string | undefined {
  const stamp = inFile(join(folder, stampName), /"version": "(.*?)"/)
  if (stamp !== undefined) return stamp
  for (const place of [folder, dirname(folder), dirname(dirname(folder))]) {
    const number = inFile(join(place, 'VERSION_NUMBER'), /(\d+\.\d+\.\d+)/)
    const names = listed(place).filter((n) => /^(libonnxruntime\.so\.\d+\.|onnxruntime_gpu-.*\.dist-info$)/.test(n))
    const found = number ?? names.map((n) => pattern.exec(n)?.[0]).find((v) => v !== undefined)
    if (found !== undefined) return found
  }
  return undefined
}

/** The version in the name of a wheel or a NuGet package: `onnxruntime_gpu-1.30.0-cp312….whl`. */
export const archiveVersion = (file: string): string | undefined => pattern.exec(basename(file))?.[0]
