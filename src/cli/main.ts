import { Command, CommanderError } from 'commander'
import { exitCodes, harmless, version, writeFailure } from '../io/index.js'
import { addAttach } from './commands/attach.js'
import { addCompletion } from './commands/completion.js'
import { addDetach } from './commands/detach.js'
import { addDiff } from './commands/diff.js'
import { addDoctor } from './commands/doctor.js'
import { addEval } from './commands/eval.js'
import { addExport } from './commands/export.js'
import { addInspect } from './commands/inspect.js'
import { addLint } from './commands/lint.js'
import { addProgram } from './commands/program.js'
import { addRecord } from './commands/record.js'
import { addTargets } from './commands/targets.js'
import { addVerify } from './commands/verify.js'
import { complain, ended } from './failure.js'
import { examples } from './groups/help.js'
import { progressOn, silent } from './progress.js'
import type { Shell } from './shell.js'

/** What the command line says when it is given nothing: a line for each command. */
function shortHelp(program: Command): string {
  const lines = program.commands.map((c) => `  ${c.name().padEnd(10)} ${c.description().split(/[:.]/)[0]}`)
  return `Usage: yolo-loss <command> [options]

${lines.join('\n')}

Start with: yolo-loss export --preset yolov3-coco -o loss.onnx
More: yolo-loss --help, yolo-loss <command> --help
`
}

const started = [
  'export --preset yolov3-coco -o loss.onnx',
  'export --config my.json --components --masks -o loss.onnx',
  'verify loss.onnx --fixtures fixtures',
  'verify --ep cuda --json',
  'attach detector.onnx --preset yolov3-coco -o trainable.onnx',
  'eval loss.onnx batch.npz',
  'inspect loss.onnx --batch 16 --input 608x608',
  'targets train.txt --preset yolov3-voc --input 416x416 --lint -o labels.npz',
]

/** In the order of the help. */
const added = [
  addExport, addVerify, addDiff, addRecord, addDoctor, addEval, addInspect, addTargets, addAttach, addDetach, addLint, addProgram, addCompletion,
] // biome-ignore format: a list

/** All commands with their options; what one ends with is told to `finish`. */
export function programWith(finish: Shell['finish'], json: boolean): Command {
  const program = new Command('yolo-loss')
    .description('The YOLO v3 loss as an ONNX graph: export it, and check that a runtime computes it right.')
    .version(version)
    .addHelpText('after', examples(...started))
    .option('-q, --quiet', 'say nothing but results and errors')
    .option('-v, --verbose', 'show what lies behind an error')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => {
        if (!json) write(harmless(text.replace(/^error: /, 'yolo-loss: ')))
      },
    })
    .exitOverride()
  const shell: Shell = {
    get quiet() {
      return program.opts<{ quiet?: boolean }>().quiet ?? false
    },
    note(line) {
      if (!this.quiet) process.stderr.write(`${line}\n`)
    },
    progress() {
      return this.quiet ? silent : progressOn()
    },
    finish,
  }
  for (const add of added) add(program, shell)
  return program
}

/** Whether errors are wanted as JSON, which is to be known before the arguments are understood. */
const wantsJson = (args: readonly string[]): boolean => {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? args.length : end).includes('--json')
}

/** Runs the command line and gives its exit code; nothing else decides how the process ends. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.ok
  // What a command ends with does not depend on whether its words were read.
  process.stderr.off('error', unread).on('error', unread)
  const json = wantsJson(args)
  const program = programWith((code) => {
    exitCode = code
  }, json)
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
    if (error instanceof CommanderError) return ended(error, { json })
    return complain(error, { json, verbose: program.opts<{ verbose?: boolean }>().verbose ?? false })
  }
  return exitCode
}

const unread = (): void => {}

/** A reader that has seen enough, as head does, is no failure. */
function stdoutFailed(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return exitCodes.ok
  return complain(writeFailure(error, 'stdout'), { verbose: false, json: false })
}
