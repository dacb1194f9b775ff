import { Command, CommanderError } from 'commander'
import { exitCodes, harmless, version, worstExit, writeFailure } from '../io/index.js'
import { addAttach } from './commands/attach.js'
import { addCheck } from './commands/check.js'
import { addCompletion } from './commands/completion.js'
import { addDemo } from './commands/demo.js'
import { addDetach } from './commands/detach.js'
import { addDiff } from './commands/diff.js'
import { addDoctor } from './commands/doctor.js'
import { addEval } from './commands/eval.js'
import { addExport } from './commands/export.js'
import { addFit } from './commands/fit.js'
import { addIdentify } from './commands/identify.js'
import { addInspect } from './commands/inspect.js'
import { addLint } from './commands/lint.js'
import { addPlot } from './commands/plot.js'
import { addPredict } from './commands/predict.js'
import { addProbe } from './commands/probe.js'
import { addProgram } from './commands/program.js'
import { addRecord } from './commands/record.js'
import { addSemantics } from './commands/semantics.js'
import { addTargets } from './commands/targets.js'
import { addVerify } from './commands/verify.js'
import { addView } from './commands/view.js'
import { complain, ended } from './failure.js'
import { examples } from './groups/help.js'
import { paperOf } from './paper.js'
import { progressOn, silent } from './progress.js'
import type { Shell } from './shell.js'
import { Told } from './told.js'

/** Commands that a first look can do without. */
const further = ['plot', 'setup-cuda', 'replace', 'detach', 'probe', 'program', 'completion']

/** What the command line says when it is given nothing, on one screen of a terminal: a line for each command but some. */
function shortHelp(program: Command): string {
  const first = program.commands.filter((c) => !further.includes(c.name()))
  const lines = first.map((c) => `  ${c.name().padEnd(10)} ${c.description().split(/[:.]/)[0]}`)
  return `Usage: yolo-loss <command> [options]

${lines.join('\n')}

Start with: yolo-loss export --preset yolov3-coco -o loss.onnx
More, ${further.join(', ')}: yolo-loss --help, yolo-loss <command> --help
`
}

const started = [
  'demo',
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
  addExport, addVerify, addCheck, addDiff, addRecord, addDoctor, addEval, addView, addInspect, addTargets, addAttach, addDetach, addFit, addPlot, addPredict, addLint, addSemantics, addIdentify, addProbe, addProgram, addDemo, addCompletion,
] // biome-ignore format: a list

/** Options of every command. */
interface ProgramFlags {
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly strict?: boolean
}

/** All commands with their options; what one ends with is told to `finish`. */
export function programWith(finish: Shell['finish'], json: boolean, told: Told = new Told()): Command {
  const program = new Command('yolo-loss')
    .description('The YOLO v3 loss as an ONNX graph: export it, and check that a runtime computes it right.')
    .version(version)
    .addHelpText('after', examples(...started))
    .option('-q, --quiet', 'say nothing but results and errors')
    .option('-v, --verbose', 'show what lies behind an error')
    .option('--strict', 'end with exit code 1 where there is a note')
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
      return program.opts<ProgramFlags>().quiet ?? false
    },
    get strict() {
      return program.opts<ProgramFlags>().strict ?? false
    },
    get notes() {
      return told.notes
    },
    tell: (notes) => told.tell(notes),
    note(line) {
      if (!this.quiet) process.stderr.write(`${line}\n`)
    },
    progress() {
      return this.quiet ? silent : progressOn()
    },
    get terminal() {
      return this.quiet || !process.stderr.isTTY ? undefined : paperOf(process.stderr)
    },
    async run(args) {
      let code: number = exitCodes.ok
      const other = programWith(
        (ended) => {
          code = ended
        },
        json,
        told,
      )
      await other.parseAsync([...args, ...(this.quiet ? ['--quiet'] : [])], { from: 'user' })
      return code
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
  const told = new Told()
  const program = programWith(
    (code) => {
      exitCode = code
    },
    json,
    told,
  )
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
    tellNotes(told, program.opts())
    return complain(error, { json, verbose: program.opts<ProgramFlags>().verbose ?? false })
  }
  return worstExit([exitCode, tellNotes(told, program.opts())])
}

/** Tells the notes, which fail with `--strict`. @returns the exit code that they ask for */
function tellNotes(told: Told, { quiet = false, strict = false }: ProgramFlags): number {
  if (!quiet || strict) process.stderr.write(told.text)
  return strict && told.notes.length > 0 ? exitCodes.mismatch : exitCodes.ok
}

const unread = (): void => {}

/** A reader that has seen enough, as head does, is no failure. */
function stdoutFailed(error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return exitCodes.ok
  return complain(writeFailure(error, 'stdout'), { verbose: false, json: false })
}
