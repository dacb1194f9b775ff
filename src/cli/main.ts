import { Command, CommanderError } from 'commander'
import { exitCodes, harmless, version, writeFailure } from '../io/index.js'
import { addAttach } from './commands/attach.js'
import { addDiff } from './commands/diff.js'
import { addDoctor } from './commands/doctor.js'
import { addEval } from './commands/eval.js'
import { addExport } from './commands/export.js'
import { addInspect } from './commands/inspect.js'
import { addLint } from './commands/lint.js'
import { addRecord } from './commands/record.js'
import { addTargets } from './commands/targets.js'
import { addVerify } from './commands/verify.js'
import { complain } from './failure.js'
import type { Finish } from './finish.js'

/** What the command line says when it is given nothing: a line for each command. */
function shortHelp(program: Command): string {
  const lines = program.commands.map((c) => `  ${c.name().padEnd(9)} ${c.description().split(/[:.]/)[0]}`)
  return `Usage: yolo-loss <command> [options]

${lines.join('\n')}

Start with: yolo-loss export --preset yolov3-coco -o loss.onnx
More: yolo-loss --help, yolo-loss <command> --help
`
}

const examples = `
Examples:
  yolo-loss export --preset yolov3-coco -o loss.onnx
  yolo-loss export --config my.json --components --masks -o loss.onnx
  yolo-loss verify loss.onnx --fixtures fixtures
  yolo-loss verify --ep cuda --json
  yolo-loss attach detector.onnx --preset yolov3-coco -o trainable.onnx
  yolo-loss eval loss.onnx batch.npz
  yolo-loss inspect loss.onnx --batch 16 --input 608x608
  yolo-loss targets train.txt --preset yolov3-voc --input 416x416 --lint -o labels.npz
`

/** In the order of the help. */
const added = [addExport, addVerify, addDiff, addRecord, addDoctor, addEval, addInspect, addTargets, addAttach, addLint]

/** All commands with their options; what one ends with is told to `finish`. */
export function programWith(finish: Finish): Command {
  const program = new Command('yolo-loss')
    .description('The YOLO v3 loss as an ONNX graph: export it, and check that a runtime computes it right.')
    .version(version)
    .addHelpText('after', examples)
    .option('-v, --verbose', 'show what lies behind an error')
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(harmless(text.replace(/^error: /, 'yolo-loss: '))) })
    .exitOverride()
  for (const add of added) add(program, finish)
  return program
}

/** Runs the command line and gives its exit code; nothing else decides how the process ends. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok
  // What a command ends with does not depend on whether its words were read.
  process.stderr.off('error', unread).on('error', unread)
  const program = programWith((code) => {
    exitCode = code
  })
  if (args.length === 0) {
    process.stderr.write(shortHelp(program))
    return exitCodes.usage
  }
  // Every end goes through `exit`, where children and temporary files are seen to.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(exitCodes.interrupted))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(stdoutFailed(error)))
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    return complain(error, program.opts<{ verbose?: boolean }>().verbose ?? false)
  }
  return exitCode
}

const unread = (): void => {}

/** A reader that has seen enough, as head does, is no failure. */
function stdoutFailed(error: NodeJS.ErrnoException): number {
  return error.code === 'EPIPE' ? exitCodes.ok : complain(writeFailure(error, 'stdout'), false)
}
