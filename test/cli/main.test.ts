import { exec, spawn } from 'node:child_process'
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { fixtures } from '../support/cases.js'
import { command, yoloLossHere as here, yoloLoss } from '../support/cli.js'
import { scratch, writeSum } from '../verify/cases.js'

const root = await scratch()
const shell = promisify(exec)
const quotedCommand = [process.execPath, ...command].map((word) => `'${word}'`).join(' ')

describe('the command line', () => {
  it('without arguments shows a short help and fails; asked for help, it succeeds', async () => {
    const bare = await here([])
    expect(bare).toMatchObject({ code: 2, stdout: '' })
    // It fits a terminal of 24 lines.
    expect(bare.stderr.split('\n').length).toBeLessThan(24)
    expect(bare.stderr).toContain('yolo-loss export --preset yolov3-coco')
    const asked = await here(['--help'])
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked.stdout).toContain('Examples:')
  })

  it.each<[string, string[], string]>([
    ['command', ['exprot'], "yolo-loss: unknown command 'exprot'\n(Did you mean export?)"],
    ['option', ['export', '--preset', 'yolov3-coco', '--opst', '17'], '(Did you mean --opset?)'],
    ['preset', ['export', '--preset', 'yolov9'], '"preset" must be one of yolov3-coco,'],
    ['count of classes', ['export', '--classes', '1e400'], 'Infinity is no finite number'],
    ['number', ['export', '--preset', 'yolov3-coco', '--opset', 'x'], '"x" is no number'],
    ['provider', ['eval', 'a', 'b', '--ep', 'tpu'], 'Allowed choices are cpu, webgpu, cuda'],
    ['input size', ['inspect', '--preset', 'yolov3-coco', '--input', '416'], 'give height and width, as 416x608'],
  ])('names the right one of an unknown %s', async (_, args, message) => {
    const run = await here(args)
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code: 2, stdout: '' })
  })

  it.each<[string, string[], string]>([
    ['no classes', ['--classes', '0'], '"classes" must be a whole number from 1 to 100000, got 0'],
    ['anchors that make no pairs', ['--anchors', '1,2,3'], '3 numbers do not make pairs'],
    ['a mask beyond the anchors', ['--anchor-mask', '9,8,7'], 'names anchor 9'],
    ['an opset of long ago', ['--opset', '9'], '"opset" must be 13 to 25, got 9'],
    ['a weight given twice', ['--weights', 'xy=1,xy=2'], '"xy" stands twice'],
    ['text beside stdout', ['-o', '-', '--text'], 'the text form goes beside a file, but -o - is stdout'],
    ['a folder as output', ['-o', root], 'not written: this is a folder'],
    ['a device as output', ['-o', '/dev/null'], 'not written: this is no regular file'],
    ['a folder as output, with text beside it', ['-o', root, '--text'], 'not written: this is a folder'],
    ['a missing folder as output', ['-o', join(root, 'none', 'a.onnx')], 'its folder does not exist'],
  ])('export refuses %s and leaves no file', async (_, args, message) => {
    const before = await readdir(root)
    const output = args[0] === '-o' ? [] : ['-o', join(root, 'refused.onnx')]
    const run = await here(['export', '--preset', 'yolov3-coco', ...output, ...args])
    expect(run.stderr).toContain(message)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(await readdir(root)).toEqual(before)
  })

  it('switches off by a flag what a file switches on', async () => {
    const switches = ['components', 'masks', 'diagnostics', 'gradients', 'normalizer', 'guard']
    const [config, plain] = [join(root, 'switches.json'), { preset: 'yolov3-coco' }]
    const all = { ...Object.fromEntries(switches.map((name) => [name, true])), divisionFree: true }
    await writeFile(config, JSON.stringify({ ...plain, ...all }))
    const off = [...switches, 'division-free'].map((name) => `--no-${name}`)
    const run = await here(['inspect', '--config', config, ...off])
    expect(run.stdout).toContain('  divisionFree = false  (--no-division-free)')
    for (const name of switches) expect(run.stdout).toContain(`  ${name} = false  (--no-${name})`)
    expect((await here(['export', '--help'])).stdout).toContain('--no-NAME switches off')
  })

  it('never overwrites the file a configuration comes from', async () => {
    const config = join(root, 'own.json')
    await writeFile(config, '{"preset": "yolov3-coco"}')
    const run = await here(['export', '--config', config, '-o', config])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain('own.json, which --config names')
    expect(await readFile(config, 'utf8')).toBe('{"preset": "yolov3-coco"}')
  })

  it.each([
    ['symbolic', symlink],
    ['hard', link],
  ])('nor that file under the name of a %s link', async (kind, make) => {
    const [config, other] = [join(root, `linked-${kind}.json`), join(root, `other-${kind}.json`)]
    await writeFile(config, '{"preset": "yolov3-coco"}')
    await make(config, other)
    await writeFile(join(root, 'boxes.txt'), 'a.jpg 10,20,60,50,1\n')
    for (const command of [
      ['attach', config],
      ['targets', join(root, 'boxes.txt'), '--input', '64x64'],
    ]) {
      // biome-ignore format: pairs
      const run = await here([...command, '--config', config, '-o', other])
      expect(run.stderr).toContain('which --config names')
      expect(run).toMatchObject({ code: 2, stdout: '' })
    }
    for (const [from, to] of [
      [config, other],
      [other, config],
    ] as const) {
      // biome-ignore format: pairs
      const run = await here(['export', '--config', from, '-o', to])
      expect(run).toMatchObject({ code: 2, stdout: '' })
      expect(run.stderr).toContain('which --config names')
    }
    expect(await readFile(config, 'utf8')).toBe('{"preset": "yolov3-coco"}')
  })

  it('is quiet when its reader has seen enough', async () => {
    const { stdout, stderr } = await shell(`${quotedCommand} inspect --preset yolov3-coco --text | head -1`)
    expect({ stdout, stderr }).toEqual({ stdout: 'model yolo_v3_loss\n', stderr: '' })
  })

  it.each<[string, string[], number]>([
    ['an input', ['inspect', join(root, 'none.onnx')], 3],
    ['its arguments', ['exprot'], 2],
    ['nothing at all', [], 2],
  ])('refuses %s with the same code when nobody reads its words', async (_, args, code) => {
    const child = spawn(process.execPath, [...command, ...args])
    child.stderr.destroy()
    expect(await new Promise((done) => child.on('close', done))).toBe(code)
  })

  it('names the folder for temporary files where there is none', async () => {
    const [dir, none] = [await writeSum(root, 'sum'), join(root, 'no-tmp')]
    vi.stubEnv('TMPDIR', none)
    const run = await here(['eval', join(dir, 'model.onnx'), dir])
    vi.unstubAllEnvs()
    expect(run.stderr).toContain(`${none}: no temporary folder can be made here: there is no such folder`)
    expect(run).toMatchObject({ code: 2, stdout: '' })
  })

  it.runIf(process.platform === 'linux')('tells when stdout is full', async () => {
    const run = shell(`${quotedCommand} inspect --preset yolov3-coco > /dev/full`)
    await expect(run).rejects.toMatchObject({ code: 2 })
    await expect(run).rejects.toThrow('stdout: not written: the disk is full')
  })

  it.each<[string, Record<string, string>]>([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
    ['a narrow terminal in another locale', { COLUMNS: '20', LC_ALL: 'C', FORCE_COLOR: '0' }],
  ])('writes plain text with %s', async (_, env) => {
    const dir = join(fixtures, 'two-boxes-one-cell')
    const { NO_COLOR, FORCE_COLOR, ...rest } = process.env
    const run = await yoloLoss(['verify', dir, '--fixtures', fixtures], { env: { ...rest, ...env } })
    expect(run.code).toBe(0)
    expect(run.stdout).toContain('passed')
    expect(`${run.stdout}${run.stderr}`).not.toContain('\u001b')
  })

  it('stops at an interrupt with 130 and leaves no temporary file', async () => {
    const scratchDir = join(root, 'tmp')
    await mkdir(scratchDir)
    const args = [...command.slice(1), 'verify', '--fixtures', fixtures]
    const child = spawn(process.execPath, [command[0] as string, ...args], {
      env: { ...process.env, TMPDIR: scratchDir },
    })
    const ended = new Promise((done) => child.on('close', (code) => done(code)))
    // The folder of the run appears when the child process is about to start.
    while (child.exitCode === null && !(await readdir(scratchDir)).some((name) => name.startsWith('yolo-loss-')))
      await new Promise((tick) => setTimeout(tick, 20))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect((await readdir(scratchDir)).filter((name) => name.startsWith('yolo-loss-'))).toEqual([])
  })

  it('leaves one whole file when two processes write it', async () => {
    const file = join(root, 'both.onnx')
    await writeFile(file, 'old')
    const presets = ['yolov3-coco', 'yolov3-tiny-voc']
    await Promise.all(presets.map((preset) => yoloLoss(['export', '--preset', preset, '-o', file])))
    const bytes = await readFile(file)
    const whole: Buffer[] = []
    for (const preset of presets) {
      await here(['export', '--preset', preset, '-o', `${file}.${preset}`])
      whole.push(await readFile(`${file}.${preset}`))
    }
    expect(whole.some((expected) => expected.equals(bytes))).toBe(true)
    expect((await readdir(root)).filter((name) => name.startsWith('both'))).toHaveLength(3)
  })
})
