import { arch, cpus, release, type } from 'node:os'
import { version } from '../../io/index.js'
import type { Setting } from '../report/html/setting.js'

/** This machine, now. @param words of the command line */
export const settingHere = (words: readonly string[], date = new Date()): Setting => ({
  date,
  os: `${type()} ${release()}`,
  arch: arch(),
  cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
  versions: { 'yolo-loss': version, node: process.versions.node },
  command: words,
})
