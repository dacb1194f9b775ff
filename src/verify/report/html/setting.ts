import { xml } from '../../../io/index.js'
import type { CaseReport } from '../../judge/result.js'
import { definitions } from './table.js'

/** When, where and how the run was made; given from outside, as it differs from run to run. */
export interface Setting {
  readonly date: Date
  readonly os: string
  readonly arch: string
  readonly cpu: string
  /** Versions by what they are of; that of the runtime stands in the reports. */
  readonly versions: Readonly<Record<string, string>>
  /** The command line, word by word. */
  readonly command: readonly string[]
}

const separator = /[\\/]/

/** The last step of a path. */
export const baseName = (path: string): string => path.split(separator).findLast((step) => step !== '') ?? path

/** Flags whose values are names inside a graph, which may look like paths. */
const named = ['--inputs', '--outputs', '--rtol', '--atol']

/** A word as a shell takes it. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** A command line without the folders of this machine, which say nothing to whoever reads the page. */
export function commandInWords(words: readonly string[]): string {
  const told = words.map((word, i) => {
    const [flag = '', ...value] = word.split('=')
    if (named.includes(words[i - 1] ?? '') || named.includes(flag)) return word
    return flag.startsWith('--') && value.length > 0 ? `${flag}=${baseName(value.join('='))}` : baseName(word)
  })
  return told.map(quoted).join(' ')
}

const isAbsolute = (word: string): boolean => /^(?:[A-Za-z]:)?[\\/]/.test(word)

/** Folders in which what the command line names lies: they are left out wherever a message names a file. */
function foldersIn({ command }: Setting): string[] {
  const paths = command.map((word) => word.replace(/^--[\w-]+=/, '')).filter(isAbsolute)
  const folders = paths.map((path) => path.replace(/[\\/]+$/, '').replace(/[^\\/]*$/, ''))
  return [...new Set(folders)].filter((folder) => folder.length > 1).sort((a, b) => b.length - a.length)
}

/** A page without the folders of this machine. */
export const withoutFolders = (page: string, setting: Setting): string =>
  foldersIn(setting).reduce((text, folder) => text.replaceAll(xml(folder), ''), page)

/** Most models that the head of the page names. */
const fewModels = 3

function models(reports: readonly CaseReport[]): [string, string][] {
  const found = new Map(reports.flatMap(({ header }) => (header ? [[header.sha256, baseName(header.file)]] : [])))
  if (found.size > fewModels) return [['models', `${found.size}, named below, each with its SHA-256`]]
  return [...found].flatMap(([sha256, file]): [string, string][] => [
    ['model', xml(file)],
    ['SHA-256', `<code>${sha256}</code>`],
  ])
}

/** When, where and how the run was made, as the head of a page. */
export function settingInHtml(setting: Setting, reports: readonly CaseReport[]): string {
  const { date, os, arch, cpu, versions, command } = setting
  const runtimes = [...new Set(reports.flatMap(({ header }) => header?.runtime ?? []))]
  const all = [...Object.entries(versions), ...runtimes.map((version) => ['onnxruntime-node', version])]
  const [day, time] = date
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .split('T') as [string, string]
  return definitions([
    ...models(reports),
    ['date', `<time datetime="${day}T${time}">${day} ${time.replace('Z', ' UTC')}</time>`],
    ['versions', xml(all.map((pair) => pair.join(' ')).join(', '))],
    ['machine', xml([os, arch, cpu].join(', '))],
    ['command', `<code>${xml(commandInWords(command))}</code>`],
  ])
}
