import { yoloLossHere } from '../support/cli.js'
import { completed, type Kit, lineOf, type Row } from './kit.js'

/** What became of a line: what it printed, or why it was refused. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  /** The first line of the complaint. */
  readonly reason: string
}

const isJson = (text: string): boolean => text.startsWith('{')

/** What a command may end with: it did it, or it says what is wrong with the arguments or the input. */
const foreseen: readonly (number | null)[] = [0, 2, 3]

/** Runs the line of a row. @throws Error where it ends as no line of ours may */
export async function outcomeOf(kit: Kit, row: Row): Promise<Outcome> {
  const line = lineOf(kit, row)
  const { code, stdout, stderr } = await yoloLossHere(line)
  const reason = isJson(stdout) ? JSON.parse(stdout).error?.message : /^yolo-loss: (.*)/m.exec(stderr)?.[1]
  if (!foreseen.includes(code)) throw Error(`exit ${code} of yolo-loss ${line.join(' ')}: ${stderr || stdout}`)
  return { code, stdout, reason: String(reason).split('\n')[0] as string }
}

/** What is wrong with an accepted row, if anything. */
export async function faultOf(kit: Kit, row: Row): Promise<string | undefined> {
  const { code, stdout, reason } = await outcomeOf(kit, row)
  return code === 0 ? kit.check(completed(kit, row), stdout) : `refused: ${reason}`
}
