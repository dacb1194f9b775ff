import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { liveFiles, sideOf, writeLive } from '../../../src/view/index.js'
import { unpackBatch } from '../../../src/view/live/batch/batch.js'
import { graphBytes } from '../../support/cases.js'
import { scratch } from '../../verify/cases.js'
import { liveFixture } from '../live/batch/fixture.js'
import { fakeOrtWeb } from './fakeort.js'

const root = await scratch()
const ortWeb = fakeOrtWeb(root)
const batch = await liveFixture('tiny-345-123')
const view = { title: 'tiny', made: 'by a test', sides: [sideOf({ name: 'tiny', ...batch })] }

describe('the folder of a live page', () => {
  it('holds the batch, bit for bit, its graph, the page and what it loads', async () => {
    const folder = join(root, 'page')
    await writeLive(folder, { view, batch, backend: 'wasm', ortWeb })
    const names = liveFiles('wasm')
    expect(names.filter((name) => !existsSync(join(folder, name)))).toEqual([])
    expect(await unpackBatch(readFileSync(join(folder, 'batch.txt'), 'utf8'))).toEqual(batch)
    const { components: _, ...config } = batch.config
    expect(readFileSync(join(folder, 'loss.onnx')).equals(graphBytes({ ...config, diagnostics: false, masks: false, gradients: false }))).toBe(true) // biome-ignore format: one row
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    expect(html).toContain('src="live.js"')
    expect(/https?:/.exec(html.replaceAll(/http:\/\/www\.w3\.org\/\S+/g, ''))).toBeNull()
    const licences = readFileSync(join(folder, 'LICENSES.txt'), 'utf8')
    for (const name of ['protobufjs', 'long', 'onnx-proto']) expect(licences).toContain(`${name} `)
  })

  it('holds a given graph in place of its own, and the files of WebGPU where they are asked for', async () => {
    const folder = join(root, 'given')
    const bytes = new TextEncoder().encode('a graph')
    await writeLive(folder, { view, batch, backend: 'webgpu', ortWeb, graph: { name: 'my.onnx', bytes } })
    expect(liveFiles('webgpu').filter((name) => !existsSync(join(folder, name)))).toEqual([])
    expect(existsSync(join(folder, 'ort/ort-wasm-simd-threaded.asyncify.wasm'))).toBe(true)
    expect(readFileSync(join(folder, 'loss.onnx'), 'utf8')).toBe('a graph')
  })

  it('is not begun where there is no onnxruntime-web', async () => {
    const folder = join(root, 'none')
    await expect(writeLive(folder, { view, batch, backend: 'wasm', ortWeb: root })).rejects.toThrow('ort.wasm.min.mjs')
    expect(existsSync(folder)).toBe(false)
  })
})
