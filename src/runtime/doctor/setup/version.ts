import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { smallText } from '../text.js'
import { stampName } from './provider.js'

/** What a line of a text file says, if there is such a file. */
const inFile = (path: string, line: RegExp): string | undefined => line.exec(smallText(path) ?? '')?.[1]

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
    const found = number ?? names.map((n) => /\d+\.\d+\.\d+/.exec(n)?.[0]).find((v) => v !== undefined)
    if (found !== undefined) return found
  }
  return undefined
}
