import type { Note } from '../notes/index.js'
import type { Progress } from '../verify/index.js'
import type { Paper } from '../view/index.js'

/** What a command says beside its result, and what it leaves behind. */
export interface Shell {
  /** Whether nothing is wanted but results and errors. */
  readonly quiet: boolean
  /** Whether what is only told of elsewhere ends the command. */
  readonly strict: boolean
  /** What was told so far, once for each kind: for reports. */
  readonly notes: readonly Note[]
  /** Tells what was done; with `--quiet` nobody. */
  note(line: string): void
  /** Tells of mistakes of which a result comes all the same, when the command ends. */
  tell(notes: readonly Note[]): void
  /** Tells how far long work is; with `--quiet` nobody. */
  progress(): Progress
  /** The terminal that messages go to; none where they go elsewhere, and with `--quiet`. */
  readonly terminal: Paper | undefined
  /** Runs another command, and gives the code it ends with. @throws whatever it fails with */
  run(args: readonly string[]): Promise<number>
  /** The code the process ends with. */
  finish(exitCode: number): void
}
