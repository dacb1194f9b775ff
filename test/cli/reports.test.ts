import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { float32 } from '../../src/io/tensor.js'
import { encodeModel } from '../../src/onnx/proto/encode.js'
import { model, node, pair, value } from '../runtime/models.js'
import { configOf, fixtures, graphBytes, readFixture } from '../support/cases.js'
import { yoloLoss } from '../support/cli.js'
import { scratch, writeSum } from '../verify/cases.js'

const root = await scratch()
const schema = JSON.parse(readFileSync(new URL('../../src/verify/report/report.schema.json', import.meta.url), 'utf8'))
const valid = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema)

/** A case of which much goes wrong: NaN, infinity, −0, a name that could take over the terminal, a broken one beside it. */
const odd = join(root, 'odd')
const evil = 'y\u001b[2J\u202e<&"\uffff'
await writeSum(odd, 'a', {
  model: encodeModel(
    model({
      inputs: [value('x', 1, 2), value('w', 1, 2)],
      outputs: [value(evil, 1, 2)],
      nodes: [node('Div', ['x', 'w'], evil)],
    }),
  ),
  inputs: [
    { name: 'x', tensor: pair(0, -1) },
    { name: 'w', tensor: pair(0, 0) },
  ],
  outputs: [{ name: evil, tensor: pair(Number.NaN, -0) }],
})
await writeSum(odd, 'b', { model: new Uint8Array(), inputs: [{ name: 'x', tensor: float32([], [1]) }] })

describe('the JSON report keeps its published schema', () => {
  it.each([
    ['a fixture that passes', [join(fixtures, 'zero-size')], 0],
    ['failures of every kind', [odd], 3],
    ['a provider that is missing', [odd, '--ep', 'cpu,cuda'], 4],
    ['layers', [join(fixtures, 'cross-image'), '--layerwise'], 0],
  ])('for %s', async (_, args, code) => {
    const run = await yoloLoss(['verify', ...args, '--json'])
    valid(JSON.parse(run.stdout))
    expect(valid.errors ?? []).toEqual([])
    expect(run.code).toBe(code)
  })

  it('and is not met by just anything', () => {
    expect(valid({ schemaVersion: 2, passed: 1, failed: 0, exitCode: 0, cases: [{}] })).toBe(false)
  })
})

describe('the JUnit report', () => {
  it('is XML whatever the names are, with a test for each output', async () => {
    const file = join(root, 'report.xml')
    expect((await yoloLoss(['verify', odd, '--junit', file])).code).toBe(3)
    const text = await readFile(file, 'utf8')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\uffff]/)
    expect(text).toContain('name="y\\u{1b}[2J\\u{202e}&lt;&amp;&quot;\\u{ffff}"')
    expect(text).toContain('<testsuites name="yolo-loss verify" tests="2" failures="2" skipped="0">')
    expect(text).toMatch(/<testsuite name="b on cpu" tests="1" failures="0" errors="1" skipped="0">/)
    expect(text).toContain('<error message="')
  })
})

describe('the terminal report', () => {
  it('escapes what a name could do to a terminal', async () => {
    const { stdout } = await yoloLoss(['verify', odd, '--all'])
    expect(stdout).toContain('y\\u{1b}[2J\\u{202e}<&"')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    expect(stdout).not.toMatch(/[\u001b\u202e]/)
  })

  it('has neither colour nor progress in a pipe', async () => {
    const { stdout, stderr } = await yoloLoss(['verify', join(fixtures, 'cross-image')])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that must not be there
    expect(stdout + stderr).not.toMatch(/[\u001b\r]/)
    expect(stderr).toBe('')
  })
})

const graph = graphBytes(configOf(await readFixture('cross-image')))

describe('what is refused', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an empty file', '', 'the file is empty'],
    ['a page of HTML', '<!doctype html><html>', 'this looks like HTML'],
    [
      'an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\nsize 35511756\n',
      'git-LFS pointer to a file of 35511756',
    ],
    ['a gzip archive', Uint8Array.of(0x1f, 0x8b, 8, 0), 'this is a gzip archive'],
    ['a truncated model', graph.subarray(0, 5000), 'cut short'],
  ])('is %s, with 3', async (_, content, message) => {
    const file = join(root, 'bad.onnx')
    await writeFile(file, content)
    const alone = await yoloLoss(['verify', file])
    expect([alone.code, alone.stdout]).toEqual([3, ''])
    expect(alone.stderr).toContain(message)
    const dir = await writeSum(root, 'bad-case', {
      model: typeof content === 'string' ? Buffer.from(content) : content,
    })
    const inCase = await yoloLoss(['verify', dir])
    expect(inCase.code).toBe(3)
    expect(inCase.stdout).toContain(message)
  })
})
