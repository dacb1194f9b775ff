import { readFileSync } from 'node:fs'
import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { programs } from '../../../src/cli/programs.js'
import { inEmptyPackage, must, pack, type Result, repository, run } from './shell.js'

/** The packed tarball, looked at and used as someone else would: installed into an empty folder. */

const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }
const fixture = join(repository, 'fixtures', 'two-boxes-one-cell')
let [passed, failed] = [0, 0]

function bin(dir: string, ...args: string[]): Promise<Result> {
  return run(join(dir, 'node_modules', '.bin', 'yolo-loss'), args, dir)
}

/** One line for each check; what does not hold is shown. */
async function check(what: string, body: () => Promise<string | undefined>): Promise<void> {
  const fault = await body().catch((error: unknown) => String(error))
  if (fault === undefined) passed++
  else failed++
  console.log(fault === undefined ? `pass  ${what}` : `FAIL  ${what}\n${fault.replace(/^/gm, '      ')}`)
}

const told = ({ code, stdout, stderr }: Result): string =>
  `exit code ${code}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`

/** What is wrong with a result, if anything. */
const expecting = (result: Result, code: number, text = ''): string | undefined =>
  result.code === code && `${result.stdout}${result.stderr}`.includes(text)
    ? undefined
    : `expected exit code ${code}${text && ` and "${text}"`}, got ${told(result)}`

await inEmptyPackage(async (dir) => {
  const tarball = await pack(dir)
  await check('publint has nothing to say', async () =>
    expecting(await run('npx', ['publint', 'run', tarball, '--strict'], repository), 0),
  )
  await check('the types are found by importers (are the types wrong)', async () =>
    expecting(await run('npx', ['attw', tarball, '--profile', 'esm-only'], repository), 0),
  )
  await check('only what is needed is packed', () => contents(tarball, dir))
  await check('the licences of the bundled packages are packed', () => notices(tarball, dir))
  await must('npm', ['install', tarball, '--ignore-scripts', '--no-audit', '--no-fund'], dir)
  await check('nothing of ours installs an old protobufjs', () => dependencies(dir))
  await checkCommands(dir)
  await checkLibrary(dir)
  await rm(join(dir, 'node_modules', 'onnxruntime-node'), { recursive: true, force: true })
  await checkWithoutRuntime(dir)
})
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

/** Source, tests and fixtures stay at home; 1.2 MB hold the graphs and the bundle. */
async function contents(tarball: string, dir: string): Promise<string | undefined> {
  const files = (await must('tar', ['-tzf', tarball], dir)).trim().split('\n')
  const allowed = [
    /^package\/dist\/(.*\.(js|d\.ts)|THIRD-PARTY-NOTICES\.txt|(report|config|log)\.schema\.json|programs\/\w+\/[\w-]+\.(mjs|py|html|cpp|cs)|view\/(\w+\.css|LICENSES\.txt))$/,
    /^package\/(graphs\/.*\.(onnx|txt|svg|png|json|md)|[\w.-]*\.(json|md)|(src|test)\/([\w/]+\/)?README\.md|LICENSE)$/,
  ]
  const odd = files.filter(
    (file) => !allowed.some((pattern) => pattern.test(file)) || file.startsWith('package/dist/cli/'),
  )
  const needed = [
    'dist/index.js',
    'dist/view/page.js',
    'dist/view/page.css',
    'dist/view/live.js',
    'dist/view/live.css',
    'dist/view/LICENSES.txt',
    'dist/index.d.ts',
    'dist/yolo-loss.js',
    'dist/worker.js',
    'dist/THIRD-PARTY-NOTICES.txt',
    'dist/report.schema.json',
    'dist/config.schema.json',
    'dist/log.schema.json',
    ...Object.entries(programs).map(([name, { language }]) => `dist/programs/${language}/${name}`),
    'LICENSE',
    'SECURITY.md',
    'src/yolo/README.md',
    'test/bench/README.md',
  ]
  const absent = needed.filter((file) => !files.includes(`package/${file}`))
  const { size } = await stat(tarball)
  if (odd.length + absent.length === 0 && size < 1.2e6) return undefined
  return `${size} bytes; not meant to be packed: ${odd.join(', ')}; missing: ${absent.join(', ')}`
}

/** Every package whose code the bundle holds, each with its permission notice. */
async function notices(tarball: string, dir: string): Promise<string | undefined> {
  const text = await must('tar', ['-xOzf', tarball, 'package/dist/THIRD-PARTY-NOTICES.txt'], dir)
  const named = text.split(/^-{80}$/m).map((part) => part.trim().split(' ')[0])
  const permitted = text.match(
    /Permission is hereby granted|gives everyone as much permission|Redistribution and use in source and binary/g,
  )?.length
  return named.join() === '@streamparser/json,jsonc-parser,onnx-proto,sax,sample' && permitted === named.length
    ? undefined
    : `${permitted} notices, of ${named.join(', ')}`
}

interface Tree {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, Tree>>
}

/** protobufjs below 8.4.1 has advisories of 2026 open; onnx-proto would bring 6. */
async function dependencies(dir: string): Promise<string | undefined> {
  const { stdout } = await run('npm', ['ls', '--all', '--json'], dir)
  const found: string[] = []
  const walk = (name: string, tree: Tree): void => {
    found.push(`${name}@${tree.version}`)
    for (const [child, below] of Object.entries(tree.dependencies ?? {})) walk(child, below)
  }
  walk('consumer', JSON.parse(stdout) as Tree)
  const faults = found.filter((entry) => {
    const [, major = 0, minor = 0] = (/^protobufjs@(\d+)\.(\d+)/.exec(entry) ?? []).map(Number)
    return entry.startsWith('onnx-proto@') || (entry.startsWith('protobufjs@') && major * 100 + minor < 805)
  })
  if (!found.some((entry) => entry.startsWith('protobufjs@'))) faults.push('protobufjs is not there')
  return faults.length === 0 ? undefined : faults.join(', ')
}

async function checkCommands(dir: string): Promise<void> {
  const result = (what: string, code: number, text: string, ...args: string[]) =>
    check(what, async () => expecting(await bin(dir, ...args), code, text))
  await result('its command starts', 0, version, '--version')
  await result('it exports', 0, 'wrote loss.onnx', 'export', '--preset', 'yolov3-voc', '-o', 'loss.onnx')
  await result('it inspects', 0, 'classes = 20', 'inspect', 'loss.onnx')
  await check('under the name of the package it shows what it does', async () =>
    expecting(await run(join(dir, 'node_modules', '.bin', 'onnx-yolo-loss'), ['demo'], dir), 0, 'loss = 527.884'),
  )
  const three = {
    anchors: [
      [12, 18],
      [30, 44],
      [61, 80],
      [100, 70],
    ],
    anchorMask: [
      [2, 3],
      [0, 1],
    ],
    classes: 3,
  }
  await writeFile(join(dir, 'three.json'), JSON.stringify(three))
  const args = ['export', '--config', 'three.json', '--components', '--gradients', '-o', 'three.onnx']
  await result('it exports a configuration of one’s own', 0, 'wrote three.onnx', ...args)
  await result('it verifies it on cases of its own', 0, '90 passed, 0 failed', 'verify', 'three.onnx')
  await result('it keeps them', 0, '30 passed', 'verify', 'three.onnx', '--random', '2', '--keep', 'kept')
  await result('kept, they pass', 0, '30 passed, 0 failed', 'verify', 'kept')
  await result('it verifies data', 0, ' passed, 0 failed', 'verify', 'three.onnx', '--data', 'kept/0-0')
  await result('it verifies cases', 0, ' passed, 0 failed', 'verify', fixture)
  await result('it evaluates', 0, 'loss = ', 'eval', join(fixture, 'model.onnx'), fixture)
}

async function checkLibrary(dir: string): Promise<void> {
  await copyFile(join(import.meta.dirname, 'consumer.mts'), join(dir, 'consumer.mts'))
  await check('its types suit a strict consumer that has no other types', async () => {
    const tsc = createRequire(import.meta.url)
      .resolve('typescript/package.json')
      .replace('package.json', 'bin/tsc')
    const options = { target: 'es2023', lib: ['es2023'], module: 'nodenext', strict: true, types: [] }
    const compilerOptions = { ...options, skipLibCheck: false, exactOptionalPropertyTypes: true, outDir: '.' }
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.mts'] }))
    return expecting(await run(process.execPath, [tsc, '-p', '.'], dir), 0)
  })
  await check('what the consumer compiled runs', async () =>
    expecting(await run(process.execPath, ['consumer.mjs'], dir), 0),
  )
  await check('it can be required', async () => {
    const script = 'console.log(require("onnx-yolo-loss").version)'
    return expecting(await run(process.execPath, ['-e', script], dir), 0, version)
  })
}

async function checkWithoutRuntime(dir: string): Promise<void> {
  const remedy = 'npm install onnxruntime-node'
  const result = (what: string, code: number, text: string, ...args: string[]) =>
    check(`without onnxruntime-node ${what}`, async () => expecting(await bin(dir, ...args), code, text))
  await writeFile(join(dir, 'boxes.txt'), 'a.jpg 10,20,60,50,1\n')
  await result('it exports', 0, 'wrote again.onnx', 'export', '--preset', 'yolov3-voc', '-o', 'again.onnx')
  await check('without onnxruntime-node the graph is the same', async () => {
    const [first, second] = await Promise.all(['loss.onnx', 'again.onnx'].map((name) => readFile(join(dir, name))))
    return first && second && first.equals(second) ? undefined : 'the bytes differ'
  })
  await result('it inspects', 0, 'classes = 20', 'inspect', 'again.onnx')
  const boxes = ['--preset', 'yolov3-voc', '--input', '64x96', '--fit', 'none']
  await result('it makes targets', 0, 'wrote labels.npz', 'targets', 'boxes.txt', ...boxes, '-o', 'labels.npz')
  await result('verify ends with 4 and the remedy', 4, remedy, 'verify', fixture, '--fixtures', fixture)
  await result('the demonstration ends with 4 and the remedy', 4, remedy, 'demo')
  await result('eval ends with 4 and the remedy', 4, remedy, 'eval', join(fixture, 'model.onnx'), fixture)
}
