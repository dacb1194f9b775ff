import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { findOrtWeb } from '../../../src/view/index.js'
import { scratch } from '../../verify/cases.js'
import { fakeOrtWeb } from './fakeort.js'

const root = await scratch()
const there = fakeOrtWeb(root, 'wasm')

afterEach(() => vi.restoreAllMocks())

describe('onnxruntime-web', () => {
  it('is found beside the project that one works in', () => {
    vi.spyOn(process, 'cwd').mockReturnValue(root)
    const { dist, version, files, notice } = findOrtWeb('wasm')
    expect([dist, version, files.length]).toEqual([join(there, 'dist'), '1.30.0', 3])
    expect(notice).toContain('Copyright (c) Microsoft Corporation')
  })

  it('is taken from its folder, or from that of its files', () => {
    for (const given of [there, join(there, 'dist')]) expect(findOrtWeb('wasm', given).dist).toBe(join(there, 'dist'))
  })

  it('that is nowhere ends with the command that gets it', () => {
    vi.spyOn(process, 'cwd').mockReturnValue('/')
    expect(() => findOrtWeb('wasm')).toThrow(/^onnxruntime-web: not installed\n.*npm install onnxruntime-web@1\.30\.0/)
    expect(thrown(() => findOrtWeb('wasm'))).toMatchObject({ exitCode: 4, code: 'E_ORT_WEB' })
  })

  it('that is a folder of its files alone is taken too, and one that is damaged is not', () => {
    const files = join(root, 'files')
    cpSync(join(there, 'dist'), files, { recursive: true })
    expect(findOrtWeb('wasm', files)).toMatchObject({ dist: files, version: 'of unknown version' })
    writeFileSync(join(root, 'package.json'), '{')
    expect(() => findOrtWeb('wasm', files)).toThrow('its package.json cannot be read')
  })

  it('without a file that a page loads says which', () => {
    expect(() => findOrtWeb('webgpu', there)).toThrow('has no ort.webgpu.min.mjs')
    expect(() => findOrtWeb('wasm', root)).toThrow('has no ort.wasm.min.mjs')
  })
})

function thrown(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
