import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { graphBytes } from '../support/cases.js'
import { yoloLossHere } from '../support/cli.js'
import { plant } from '../support/faults.js'
import { scratch } from '../verify/cases.js'

const root = await scratch()
const right = graphBytes({ preset: 'yolov3-tiny-voc', components: true })
const [faulty, good] = [join(root, 'faulty.onnx'), join(root, 'good.onnx')]
await writeFile(faulty, plant(right, 'objects/Sub', 'swapped operands') as Uint8Array)
await writeFile(good, right)

const [xml, page] = [join(root, 'report.xml'), join(root, 'report.html')]
const said = 'first wrong node: objects/Sub (Sub)'

describe('verify of a graph that is wrong', () => {
  it('names the first wrong node in the text, and ends with 1 as ever', async () => {
    const { code, stdout } = await yoloLossHere(['verify', faulty])
    expect(code).toBe(1)
    expect(stdout).toContain(`generated-0/boxes on cpu, ${said}`)
    expect(stdout).toMatch(/\d+ passed, \d+ failed\n$/)
  })

  it('names it in JSON, JUnit and on the page', async () => {
    const { code, stdout } = await yoloLossHere(['verify', faulty, '--json', '--junit', xml, '--html', page])
    const json = JSON.parse(stdout)
    const url = new URL('../../src/verify/report/report.schema.json', import.meta.url)
    const valid = new Ajv2020({ strict: true, strictTypes: false }).compile(JSON.parse(readFileSync(url, 'utf8')))
    expect([valid(json), valid.errors]).toEqual([true, null])
    expect([code, json.cause.kind, json.cause.first.node.name]).toEqual([1, 'node', 'objects/Sub'])
    expect(await readFile(xml, 'utf8')).toContain(`<system-out>${said}`)
    const html = await readFile(page, 'utf8')
    expect(html).toContain(`<strong>${said}`)
    expect(html).toContain('our own graph against faulty.onnx</h2>')
    expect(html).not.toContain(root)
  })

  it('blames no node for a tolerance of 0', async () => {
    const { code, stdout } = await yoloLossHere(['verify', good, '--rtol', '0', '--atol', '0'])
    expect(code).toBe(1)
    expect(stdout).toContain('generated-0/boxes on cpu, no single node is to blame: not optimised, all ')
  })
})

describe('verify of a graph that is right', () => {
  it('names nothing', async () => {
    const { code, stdout } = await yoloLossHere(['verify', good])
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/first wrong|to blame/)
  })
})
