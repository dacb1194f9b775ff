import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addVerify } from '../../src/cli/commands/verify.js'
import { tinyConfig } from '../attach/detector.js'
import { sumBytes } from '../runtime/models.js'
import { yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const at = (name: string) => join(root, name)
const boxes = at('boxes.txt')
await writeFile(boxes, 'a.jpg 10,20,60,50,1 5,5,9,5,0\n')
await writeFile(at('tiny.json'), JSON.stringify(tinyConfig))
await writeFile(at('sum.onnx'), sumBytes)
const detector = join(import.meta.dirname, '../attach/tiny-detector.onnx')
const targets = ['targets', boxes, '--preset', 'yolov3-voc', '--input', '64x64', '--image-size', '64x64']

describe('-q, --quiet', () => {
  it.each([['-q'], ['--quiet']])('%s says nothing of what was done, before the command and behind it', async (flag) => {
    const export_ = ['export', '--preset', 'yolov3-tiny-voc', '-o', at('quiet.onnx')]
    for (const args of [
      [flag, ...export_],
      [...export_, flag],
      [flag, ...targets, '-o', at('quiet.npz')],
    ])
      expect(await yoloLoss(args)).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((await yoloLoss(export_)).stderr).toMatch(/^wrote /)
  })

  it('keeps errors and exit codes', async () => {
    const run = await yoloLoss(['inspect', at('none.onnx'), '-q'])
    expect(run).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('there is no such file') })
  })
})

describe('--json', () => {
  const json = async (...args: string[]) => {
    const { stdout, ...rest } = await yoloLoss([...args, '--json', '-q'])
    return { ...rest, report: JSON.parse(stdout) }
  }

  it('of export tells what was written', async () => {
    const { code, report } = await json('export', '--preset', 'yolov3-tiny-voc', '-o', at('a.onnx'))
    expect([code, report]).toMatchObject([
      0,
      { schemaVersion: 1, file: at('a.onnx'), opset: 17, sha256: expect.stringMatching(/^\w{64}$/) },
    ])
  })

  it('of targets tells files and odd boxes', async () => {
    const { code, report } = await json(...targets, '--lint')
    expect([code, report]).toMatchObject([1, { images: 1, files: [] }])
    expect(report.findings).toEqual([
      { kind: 'zero-size', where: `${boxes}, line 1, box 2`, what: 'is of height 0: the loss becomes +inf' },
    ])
    const written = await json(...targets, '--labels', 'boxes', '-o', at('b.npz'))
    expect(written.report).toMatchObject({ files: [{ file: at('b.npz'), arrays: { boxes: [1, 2, 5] } }] })
  })

  it('of attach, replace and detach tells what became of the model', async () => {
    const attached = await json('attach', detector, '--config', at('tiny.json'), '-o', at('t.onnx'))
    expect([attached.code, attached.report]).toMatchObject([
      0,
      { file: at('t.onnx'), heads: [{}, {}], outputs: ['loss'] },
    ])
    const replaced = await json(
      'replace',
      at('t.onnx'),
      '--config',
      at('tiny.json'),
      '--components',
      '-o',
      at('r.onnx'),
    )
    expect(replaced.report.outputs).toContain('xy_0')
    const detached = await json('detach', at('t.onnx'), '-o', at('d.onnx'))
    expect(detached.report).toEqual({ schemaVersion: 1, file: at('d.onnx'), bytes: expect.any(Number) })
    const trained = await json(
      'attach',
      detector,
      '--config',
      at('tiny.json'),
      '--for',
      'ort-training',
      '-o',
      at('o.onnx'),
    )
    expect(trained.report.training).toHaveProperty('requires_grad')
  })

  it.each([
    ['export', ['export', '--preset', 'yolov3-voc']],
    ['attach', ['attach', detector, '--config', at('tiny.json')]],
    ['detach', ['detach', detector]],
  ])('of %s is refused where the model goes to stdout', async (_, args) => {
    const { code, report } = await json(...args, '-o', '-')
    expect([code, report.error.message]).toEqual([2, '--json: prints on stdout, but so does -o -'])
  })

  it('tells errors as JSON on stdout too, with the same exit code', async () => {
    const cases = [
      [['inspect', at('none.onnx')], 3, { code: 'E_FILE', message: `${at('none.onnx')}: there is no such file`, remedy: 'check the path' }],
      [['export', '--preset', 'yolov9'], 2, { code: 'E_CONFIG', message: expect.stringContaining('must be one of') }],
      [['export', '--prest', 'x'], 2, { code: 'E_USAGE', message: "unknown option '--prest'", remedy: 'Did you mean --preset?' }],
      [['exprot'], 2, { code: 'E_USAGE', message: "unknown command 'exprot'", remedy: 'Did you mean export?' }],
      [['eval'], 2, { code: 'E_USAGE', message: "missing required argument 'graph'" }],
      [['verify', at('sum.onnx')], 2, { code: 'E_USAGE', message: expect.stringContaining('does not say what it computes'), remedy: expect.stringContaining('--config FILE') }],
    ] as const // biome-ignore format: a table
    for (const [args, code, error] of cases) {
      const words = await yoloLoss(args)
      const run = await yoloLoss([...args, '--json'])
      expect([run.code, run.stderr, JSON.parse(run.stdout)]).toEqual([code, '', { error }])
      expect([words.code, words.stdout]).toEqual([code, ''])
    }
  })

  it('behind -- is a name, not a wish', async () => {
    expect(await yoloLoss(['inspect', '--', '--json'])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('--json: there is no such file'),
    })
  })
})

describe('verify on a model that is no loss', () => {
  it.each([[[]], [['--fixtures', join(import.meta.dirname, '../../fixtures')]], [['--preset', 'yolov3-coco']]])(
    'says one line, and a hint: %j',
    async (args) => {
      const run = await yoloLoss(['verify', detector, ...args])
      expect([run.stdout, run.stderr.trimEnd().split('\n').length]).toEqual(['', 2])
      expect(run.stderr).toMatch(/^yolo-loss: .*\n {2}hint: /)
    },
  )
})

describe('--help', async () => {
  const { stdout } = await yoloLoss(['--help'])
  const commands = [...stdout.matchAll(/^ {2}([a-z-]+) (?:\[|<)/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help')

  it('names every command', () => {
    expect(commands).toEqual(expect.arrayContaining(['export', 'verify', 'setup-cuda', 'completion']))
    expect(commands.length).toBe(24)
  })

  it.each(commands)('of %s has examples, whose options it knows', async (command) => {
    const help = (await yoloLoss([command, '--help'])).stdout
    const examples = [...help.matchAll(/^ {2}yolo-loss (.*)$/gm)].map(([, line]) => (line as string).split(/\s+/))
    expect(examples.length).toBeGreaterThan(0)
    for (const [name, ...words] of examples) {
      expect(name).toBe(command)
      for (const option of words.filter((word) => /^--?[a-z]/.test(word)))
        expect(help).toMatch(new RegExp(`^ {2}(-\\w, )?${option}\\b`, 'm'))
    }
  })

  it.each(commands)('of %s has its options in groups', async (command) => {
    const help = (await yoloLoss([command, '--help'])).stdout
    const [, own = ''] = /^Options:\n((?: .*\n)+)/m.exec(help) ?? []
    const loose = [...own.matchAll(/^ {2}(-\S+)/gm)].map(([, name]) => name)
    const few = ['doctor', 'setup-cuda', 'lint', 'completion']
    if (!few.includes(command)) expect(loose).toEqual(['-h,'])
  })

  it('of attach and replace lists nothing that they refuse', async () => {
    for (const command of ['attach', 'replace']) {
      const help = (await yoloLoss([command, '--help'])).stdout
      expect(help).not.toMatch(/^ {2}--(graph|opset)\b/m)
    }
  })

  it('of a command is not changed by that of another', () => {
    const shell = {
      quiet: false,
      strict: false,
      notes: [],
      note() {},
      tell() {},
      progress: () => ({ step() {}, end() {} }),
      terminal: undefined,
      run: async () => 0,
      finish() {},
    }
    const alone = new Command()
    addVerify(alone, shell)
    expect(alone.commands[0]?.helpInformation()).toContain('Images:\n  --fit')
  })
})
