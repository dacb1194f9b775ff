import type { Command } from 'commander'
import { checkCases, checkJson, renderCheck } from '../../verify/index.js'
import { checkAsked } from '../asked.js'
import { reading, readingOf } from '../groups/data.js'
import { addFlags, flag, flagsOf, grouped, type ValuesOf } from '../groups/flag.js'
import { examples } from '../groups/help.js'
import { parseNames, parsePath } from '../groups/parse.js'
import { json, tolerances } from '../groups/run.js'
import type { Shell } from '../shell.js'

const flags = flagsOf(
  ...grouped(
    'Results',
    flag('--outputs <list>', 'what the results call outputs of ours: theirs=loss,…', { parse: parseNames }),
    flag('--arrays <pattern>', 'hold those alone whose name has this in it, * for anything; may be repeated', {
      parse: parsePath,
    }),
    flag('-k, --only <pattern>', 'the cases whose name has this in it, likewise', { parse: parsePath }),
  ),
  ...reading,
  ...grouped(
    'Judging',
    ...tolerances(
      '[output:]value',
      'relative tolerance in place of the case’s; may be repeated',
      'absolute tolerance, likewise',
    ),
    flag('--allow-uncompared', 'let pass that there was nothing to compare an array with'),
    flag('--strict-threshold', 'fail for cells that rounding puts on the other side of the ignore threshold'),
  ),
  ...grouped('Reporting', flag('-a, --all', 'every array, and the first difference of each'), json('the table')),
)

const details = `
The results are a .npz with the loss, its terms, masks and gradients by the names of expected.npz; for a folder of cases,
a folder with <case>.npz for each. They may be of any element type. Expected is what the case holds, and the float64
reference for whatever else it knows, within the tolerances of "verify". An array that the case holds and the results lack
is a failure; one that nobody knows makes the verdict INCOMPLETE, exit code 6.

Cases are those of this repository, and what "verify loss.onnx --keep kit --npz" makes for any configuration: inputs.npz
to compute from, expected.npz, and config.npz with anchors, masks, classes and threshold.
${examples('check kit results', 'check kit/boxes boxes.npz -a', 'check kit results --arrays loss --json')}`

/** Adds `yolo-loss check`. */
export function addCheck(program: Command, shell: Shell): void {
  const command = program
    .command('check <case> <results>')
    .description('Hold the numbers of another implementation to the reference: a .npz for each case.')
    .addHelpText('after', details)
  addFlags(command, flags).action(async (cases: string, results: string, given: ValuesOf<typeof flags>) =>
    shell.finish(await check(cases, results, given, shell)),
  )
}

async function check(cases: string, results: string, given: ValuesOf<typeof flags>, shell: Shell): Promise<number> {
  const progress = shell.progress()
  const run = { ...given, ...readingOf(given), asked: given }
  const checked = await checkCases(cases, results, run, progress).finally(() => progress.end())
  checkAsked(checked.reports, given)
  const text = given.json
    ? checkJson(checked)
    : renderCheck(checked, process.stdout, { all: given.all, quiet: shell.quiet })
  process.stdout.write(`${text}\n`)
  return checked.exitCode
}
