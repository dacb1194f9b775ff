import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unpackBatch } from '../../src/view/live/batch/batch.js'
import { tinyConfig } from '../attach/detector.js'
import { graphBytes } from '../support/cases.js'
import { command, yoloLossHere as yoloLoss } from '../support/cli.js'
import { scratch } from '../verify/cases.js'
import { fakeOrtWeb } from '../view/folder/fakeort.js'

const root = await scratch()
const at = (name: string) => join(root, name)
const ortWeb = ['--ort-web', fakeOrtWeb(root)]
writeFileSync(at('tiny.json'), JSON.stringify(tinyConfig))
writeFileSync(at('boxes.txt'), 'a.jpg 10,10,40,50,1\n')
writeFileSync(at('loss.onnx'), graphBytes(tinyConfig))
const fixture = 'fixtures/tiny-345-012'
const live = ['view', fixture, '--live', ...ortWeb]

describe('view --live', () => {
  it('writes the folder of a page that computes with the batch and the graph it was given', async () => {
    const folder = at('page')
    const { code, stdout, stderr } = await yoloLoss([...live, '--no-serve', '--json', '-o', folder])
    expect([code, stderr]).toEqual([0, expect.stringContaining(`wrote ${folder} (10 files`)])
    expect(JSON.parse(stdout)).toMatchObject({ file: folder, sides: [{ images: 2 }] })
    expect(JSON.parse(stdout)).not.toHaveProperty('address')
    const { feeds } = await unpackBatch(readFileSync(join(folder, 'batch.txt'), 'utf8'))
    expect(Object.keys(feeds)).toEqual(['y_pred_0', 'y_pred_1', 'y_true_0', 'y_true_1'])
  })

  it('leaves a folder alone that holds other things, a graph of that name among them', async () => {
    const folder = at('theirs')
    mkdirSync(folder)
    writeFileSync(join(folder, 'loss.onnx'), 'theirs')
    const { code, stderr } = await yoloLoss([...live, '--no-serve', '-o', folder])
    expect([code, stderr]).toEqual([3, expect.stringContaining('it holds "loss.onnx"')])
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['theirs'])
  })

  it('is written over a live page of before', async () => {
    for (const _ of [1, 2]) expect((await yoloLoss([...live, '--no-serve', '-o', at('twice')])).code).toBe(0)
  })

  it('begins with the graph of --model', async () => {
    const folder = at('given')
    const model = join(fixture, 'model.onnx')
    const { code } = await yoloLoss([...live, '--no-serve', '--model', model, '-o', folder])
    expect(code).toBe(0)
    expect(readFileSync(join(folder, 'loss.onnx')).equals(readFileSync(model))).toBe(true)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('serves it until %s, which is a good end', async (signal) => {
    const child = spawn(process.execPath, [...command, ...live, '-o', at(signal)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const address = await new Promise<string>((done) =>
      child.stdout.setEncoding('utf8').once('data', (text: string) => done(text.trim())),
    )
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await (await fetch(address)).text()).toBe(readFileSync(join(at(signal), 'index.html'), 'utf8'))
    child.kill(signal)
    expect(await new Promise((done) => child.once('exit', (code, by) => done([code, by])))).toEqual([0, null])
    await expect(fetch(address)).rejects.toThrow()
  })

  it.runIf(process.platform === 'linux').each([
    ['opens it', 'echo "$1" > "$0.opened"', undefined],
    ['says that it could not be opened', 'exit 3', 'note: no browser was opened: xdg-open ended with 3'],
    ['says that there is nothing to open it with', undefined, 'note: no browser was opened: spawn xdg-open ENOENT'],
  ])('with --open %s', async (name, script, said) => {
    const bin = at(name)
    mkdirSync(bin)
    if (script) writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\n${script}\n`)
    if (script) chmodSync(join(bin, 'xdg-open'), 0o755)
    const PATH = script ? `${bin}${delimiter}/bin${delimiter}/usr/bin` : bin
    const args = [...command, ...live, '--open', '-o', at(`${name} page`)]
    const child = spawn(process.execPath, args, { env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stderr, stdout] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const opened = join(bin, 'xdg-open.opened')
    await expect.poll(() => (said ? stderr.includes(said) : existsSync(opened) && readFileSync(opened, 'utf8') === stdout), { timeout: 30_000 }).toBe(true) // biome-ignore format: one row
    child.kill('SIGINT')
    expect(await new Promise((done) => child.once('exit', done))).toBe(0)
  })

  it.each([
    ['boxes alone', ['--annotations', at('boxes.txt'), '--config', at('tiny.json'), '--input', '64x64', '--image-size', '64x64'], 'computes with logits, of which there are none'],
    ['--port without --live', [fixture, '--port', '8000'], '"port" is about --live'],
    ['--open without --live', [fixture, '--open'], '"open" is about --live'],
    ['--webgpu without --live', [fixture, '--webgpu'], '"webgpu" is about --live'],
    ['--no-serve without --live', [fixture, '--no-serve'], '"serve" is about --live'],
    ['--ort-web without --live', [fixture, '--ort-web', 'x'], '"ortWeb" is about --live'],
    ['--port with --no-serve', [fixture, '--live', '--no-serve', '--port', '8000'], '"port" is where to serve'],
    ['--open with --no-serve', [fixture, '--live', '--no-serve', '--open'], '"open" opens what is served'],
  ])('refuses %s', async (_, args, words) => {
    const { code, stderr } = await yoloLoss(['view', ...args, ...(args.includes('--annotations') ? ['--live', ...ortWeb] : []), '-o', at('refused')])
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
    expect(existsSync(at('refused'))).toBe(false)
  }) // biome-ignore format: a table

  it('refuses two graphs', async () => {
    const model = join(fixture, 'model.onnx')
    const { code, stderr } = await yoloLoss([...live, '--model', model, '--model', model, '-o', at('refused')])
    expect([code, stderr]).toEqual([2, expect.stringContaining('computes with one batch and one graph')])
  })

  it('does not take the place of what it reads', async () => {
    const model = at('loss.onnx')
    const { code, stderr } = await yoloLoss([...live, '--model', model, '-o', root])
    expect([code, stderr]).toEqual([2, expect.stringContaining('would overwrite')])
  })

  it('says how to get onnxruntime-web where there is none', async () => {
    const args = ['view', fixture, '--live', '--no-serve', '--ort-web', at('nowhere'), '-o', at('none')]
    const { code, stderr } = await yoloLoss(args)
    expect([code, stderr]).toEqual([4, expect.stringContaining('npm install onnxruntime-web@1.30.0')])
    expect(existsSync(at('none'))).toBe(false)
  })
})
