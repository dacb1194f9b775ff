import { Command, CommanderError } from 'commander'
import { version } from '../version.js'
import { addAttach } from './attach.js'
import { addDiff } from './diff.js'
import { addEval } from './eval.js'
import { addExport } from './export.js'
import { complain } from './failure.js'
import { addTargets } from './targets.js'
import { addVerify } from './verify.js'

/** What a command leaves behind: the code the process ends with. */
export type Finish = (exitCode: number) => void

const examples = `
Examples:
  yolo-loss export --preset yolov3-coco -o loss.onnx
  yolo-loss export --config my.json --components --masks -o loss.onnx
  yolo-loss verify loss.onnx --fixtures fixtures
  yolo-loss verify --ep cuda --json
  yolo-loss attach detector.onnx --preset yolov3-coco -o trainable.onnx
`

/** Runs the command line and gives its exit code; nothing else decides how the process ends. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0
  const finish: Finish = (code) => {
    exitCode = code
  }
  const program = new Command('yolo-loss')
    .description('The YOLO v3 loss as an ONNX graph: export it, and check that a runtime computes it right.')
    .version(version)
    .addHelpText('after', examples)
    .option('-v, --verbose', 'show what lies behind an error')
    .showSuggestionAfterError()
    .exitOverride()
  addExport(program)
  addVerify(program, finish)
  addDiff(program, finish)
  addEval(program, finish)
  addTargets(program, finish)
  addAttach(program)
  process.once('SIGINT', () => process.exit(130))
  // A reader that has seen enough, as head does, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70))
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return complain(error, program.opts<{ verbose?: boolean }>().verbose ?? false)
  }
  return exitCode
}
