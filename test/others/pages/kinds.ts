import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Block, shownBy } from '../../papers/markdown.js'
import { type Result, run } from '../package/shell.js'
import { missingLine } from './alike.js'

/** Where the blocks of a page are run. */
export interface Place {
  readonly folder: string
  /** Python with NumPy and onnxruntime. */
  readonly python: string
  /** A program and its arguments, behind which every other is started. */
  readonly behind: readonly string[]
  /** What was printed by the last block that was run. */
  printed: string
}

/** Runs a block and says what is wrong, if anything. */
export type Kind = (block: Block, place: Place) => Promise<string | undefined>

/** What is wrong where a line that is shown is not printed. */
export const without = (line: string | undefined, printed: string): string | undefined =>
  line === undefined ? undefined : `shows\n${line}\nwhich is not printed there:\n${printed.slice(-3000)}`

/** Whether a command of bash succeeds there. */
export async function succeeds(command: string, place: Place): Promise<boolean> {
  const { code } = await started(['env', `PYTHON=${place.python}`, ...bash(command)], place)
  return code === 0
}

/** Runs words in the folder of the page; both streams as they come, as on a terminal. */
async function started(words: readonly string[], place: Place): Promise<Result> {
  const [program = '', ...args] = [...place.behind, 'bash', '-c', 'exec "$@" 2>&1', '-', ...words]
  const result = await run(program, args, place.folder)
  place.printed = result.stdout
  return result
}

const ended = (what: string, { code, stdout, stderr }: Result): string | undefined =>
  code === 0 ? undefined : `${what}\nended with ${code}\n${stdout.slice(-3000)}${stderr.slice(-1000)}`

/** What whoever reads the page has installed by then: nothing else may be named. */
const installed: readonly RegExp[] = [
  /^npm ci$/,
  /^npm install( onnx-yolo-loss| onnxruntime-node)+$/,
  /^pip install( numpy| onnxruntime)+$/,
  // All of it; whoever runs this has run that.
  /^npm test$/,
]

const isInstall = (command: string): boolean => installed.some((pattern) => pattern.test(command))

const bash = (command: string): string[] => ['bash', '-eo', 'pipefail', '-c', command]

/** Every command of a block, each of which must succeed. */
export const shell: Kind = async ({ text }, place) => {
  let printed = ''
  for (const line of text.split('\n')) {
    const commands = line.replace(/\s+# .*/, '').split(' && ')
    for (const command of commands.filter((one) => one.trim() !== '' && !isInstall(one))) {
      const fault = ended(command, await started(bash(command), place))
      printed += place.printed
      if (fault !== undefined) return fault
    }
  }
  place.printed = printed
  return undefined
}

/** A configuration file that is shown, under the name that the block gives it: it must be one. */
export const configuration: Kind = async (block, place) => {
  await writeFile(join(place.folder, block.file), block.text)
  return shell({ ...block, text: `npx yolo-loss inspect --config ${block.file}` }, place)
}

/** Commands with what they print, some of whose lines are shown in their order. */
export const shown: Kind = async (block, place) => {
  for (const { command, lines } of shownBy(block)) {
    await started(bash(command), place)
    const fault = without(missingLine(lines, place.printed), place.printed)
    if (fault !== undefined) return `${command}\n${fault}`
  }
  return undefined
}

/**
 * A program; what it prints stands in comments behind the calls that print it, of a loop as "1 then 2".
 * @param print a pattern of these calls @param start what runs the file
 */
export const printing =
  (ending: string, print: string, start: (place: Place, file: string) => readonly string[]): Kind =>
  async ({ text, line }, place) => {
    const file = `block-${line}.${ending}`
    await writeFile(join(place.folder, file), text)
    const fault = ended(file, await started(start(place, file), place))
    const said = text.matchAll(new RegExp(`${print}\\(.*\\);?\\s+(?://|#) (.*)$`, 'gm'))
    const expected = [...said].flatMap(([, lines = '']) => lines.split(' then '))
    if (fault === undefined && expected.length === 0) return 'shows nothing of what it prints'
    return fault ?? without(missingLine(expected, place.printed), place.printed)
  }

/** C++: a block that names a header is that file, and every other a program, built with it and run. */
export const compiled: Kind = async (block, place) => {
  if (block.file !== '') {
    await writeFile(join(place.folder, block.file), block.text)
    return undefined
  }
  const build = 'g++ -std=c++17 -O2 -Wall -Wextra -Werror "$1" -o "$1.out" && exec "./$1.out"'
  return printing('cpp', 'std::printf', (_, file) => ['bash', '-c', build, '-', file])(block, place)
}
