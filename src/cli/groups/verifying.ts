import { providerNames, providers } from '../../runtime/index.js'
import { annotated } from './annotations.js'
import { data, reading } from './data.js'
import { flag, flagsOf, grouped, type ValuesOf } from './flag.js'
import { examples } from './help.js'
import { parseDevice, parseNames, parseNumber, parsePath, parseScenes, parseSeed } from './parse.js'
import { json, limits, optimization, someProviders, tolerances } from './run.js'

const staticOn = providerNames.filter((name) => providers[name].form === 'static')

/** What the graph computes, and on what it is run. */
const cases = flagsOf(
  ...grouped(
    'The graph',
    flag('--preset <name>', 'what the graph computes, where it does not say so itself'),
    flag('--config <file>', 'the same as a JSON file or Darknet .cfg'),
    flag('--inputs <list>', 'what the graph calls inputs of ours: theirs=y_pred_0,…', { parse: parseNames }),
    flag('--outputs <list>', 'what it calls outputs of ours: theirs=loss,…', { parse: parseNames }),
  ),
  ...grouped('Data', data('what the graph is run on, and outputs to compare with'), ...reading),
  ...annotated,
  ...grouped(
    'Cases',
    flag('--fixtures <dir>', 'folder of cases (default: fixtures; a graph is run on generated cases)'),
    flag('-k, --only <pattern>', 'run the cases whose name has this in it, * for anything; may be repeated', {
      parse: parsePath,
    }),
    flag('--fail-fast', 'stop at the first case that fails'),
    flag('--random <n>', 'run the graph on so many random scenes', { parse: parseScenes }),
    flag('--seed <n>', 'of generated and random cases', { parse: parseSeed, default: 0 }),
    flag('--thorough', 'generate large batches also where they take long'),
    flag('--keep <dir>', 'write the cases that were made, with what is expected of them'),
    flag('--npz', 'with --keep: write inputs.npz, expected.npz and config.npz of each as well, for "check"'),
    flag('--against <path>', 'another graph, or a folder of cases, to compare with; may be repeated', {
      parse: parsePath,
    }),
    flag('--no-reference', 'compare with nothing else'),
  ),
)

/** What is run, and where. */
const running = flagsOf(
  ...cases,
  ...grouped(
    'Running',
    someProviders('execution providers', ', or several as cpu,webgpu'),
    optimization,
    flag(
      '--form <name>',
      `form of the graphs that are built (default: compact; static for ${staticOn.join(' and ')})`,
      {
        choices: ['compact', 'static', 'loop'],
      },
    ),
    flag('--opset <n>', 'opset of the graphs that are built', { parse: parseNumber }),
    ...limits('for each case', 'for each child process'),
    flag('--device-id <n>', 'which GPU, for cuda', { parse: parseDevice }),
  ),
)

/** What passes. */
const judging = grouped(
  'Judging',
  ...tolerances(
    '[output:]value',
    'relative tolerance in place of the case’s; may be repeated',
    'absolute tolerance, likewise',
  ),
  flag('--allow-fallback', 'list nodes that run elsewhere than asked instead of failing'),
  flag('--allow-tf32', 'leave TF32 on for cuda'),
  flag('--allow-empty', 'let outputs without elements pass'),
  flag('--allow-nan', 'let NaN stand for NaN'),
  flag('--allow-uncompared', 'let pass that there was nothing to compare an output with'),
  flag('--strict-threshold', 'fail for cells that rounding puts on the other side of the ignore threshold'),
)

/** What is told. */
const reporting = grouped(
  'Reporting',
  flag('--layerwise', 'compare every value between two providers, or optimised with not, and name the first node'),
  flag('--repro <dir>', 'with --layerwise: write the diverging node and its inputs as a case'),
  flag('-a, --all', 'a line for each output, not only for each case'),
  flag('--junit <file>', 'also write the report as JUnit XML'),
  flag(
    '--html <file>',
    'also write the report as a page, with a drawing of the graph, and beside it those of failing losses',
  ),
  json('the table'),
)

/** What verify can be asked. */
export const verifying = flagsOf(...running, ...judging, ...reporting)

export type VerifyFlags = ValuesOf<typeof verifying>

/** What its help says beside them. */
export const aboutVerify = `
A graph.onnx is run on cases generated for what it computes: by its own account, or by --config or --preset. Expected is
what the float64 reference gives. With --data it is run on yours, with --fixtures on the cases there that fit. Without a
target the graph of every fixture is built and run. A folder in the layout of the ONNX backend tests is run with the
models it holds.

An output that nothing can be compared with makes the verdict INCOMPLETE, exit code 6.

Each provider runs in a child process of its own, and onnxruntime's profile proves which node ran where. A node
elsewhere than asked is a failure, but for the forms compact and loop, whose CPU nodes are listed.
${examples('verify loss.onnx', 'verify loss.onnx -k boxes --fail-fast', 'verify loss.onnx --data batch.npz --html report.html', 'verify --ep cpu,cuda --json')}`
