import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeNpz, isForeseen, type Tensor } from '../../src/io/index.js'
import type { TestCase } from '../../src/verify/index.js'
import { boxCaseNames, caseNames, configOf, graphBytes, readFixture } from '../support/cases.js'
import { fixedSizes } from '../support/forms.js'
import { type Expected, rtolOfValues } from './judge.js'
import { type PresetCase, presetCases } from './presets.js'
import type { Diet } from './records.js'

/** Inputs, what is expected for them, and the graphs that take them. */
export interface Case {
  readonly name: string
  /** An archive of the inputs, for runners. */
  readonly data: string
  readonly expected: ReadonlyMap<string, Expected>
  /** Bytes of the graph of a diet; undefined where there is none: the exporter refuses it, or none is committed. */
  readonly graph: (diet: Diet, gradients: boolean) => Uint8Array | undefined
}

const isGradient = (name: string): boolean => name.startsWith('grad_')

/** Losses and components to 1e-5, as far as the case allows no more itself; gradients as the case says; counts exactly. */
function expectedOf({ dataSets, tolerances }: TestCase): Map<string, Expected> {
  const outputs = dataSets[0]?.outputs ?? []
  return new Map(
    outputs.map(({ name, tensor }) => {
      const own = tolerances.outputs.get(name)
      if (!own) throw new Error(`data.json has no tolerance for ${name}`)
      const { rtol, atol } = own
      const counts = rtol === 0 && atol === 0
      return [name, { tensor, atol, rtol: counts || isGradient(name) ? rtol : Math.max(rtol, rtolOfValues) }]
    }),
  )
}

/** The file of a configuration, unless the exporter refuses it, as it does forms that a target cannot have. */
function exported(test: TestCase, { form, target, opset }: Diet, gradients: boolean): Uint8Array | undefined {
  const sizes = form === 'static' ? fixedSizes(test) : {}
  const asked = { ...(target === undefined ? {} : { for: target }), ...(opset === undefined ? {} : { opset }) }
  try {
    return graphBytes({ ...configOf(test), ...sizes, ...asked, form, components: true, gradients } as never)
  } catch (error) {
    if (isForeseen(error)) return undefined
    throw error
  }
}

async function writeInputs(folder: string, name: string, inputs: TestCase['dataSets'][0]['inputs']): Promise<string> {
  const file = join(folder, `${name}.npz`)
  await writeFile(file, await encodeNpz(inputs as readonly { name: string; tensor: Tensor }[]))
  return file
}

async function fixtureCase(name: string, folder: string): Promise<Case> {
  const test = await readFixture(name)
  const data = await writeInputs(folder, name, test.dataSets[0]?.inputs ?? [])
  const committed = (gradients: boolean) => (gradients ? undefined : readFileSync(join(test.dir, 'model.onnx')))
  return {
    name,
    data,
    expected: expectedOf(test),
    graph: (diet, gradients) => (diet.form === 'committed' ? committed(gradients) : exported(test, diet, gradients)),
  }
}

async function presetCase({ name, bytes, inputs, expected }: PresetCase, folder: string): Promise<Case> {
  const data = await writeInputs(folder, name, inputs)
  return {
    name,
    data,
    expected,
    graph: ({ form }, gradients) => (form === 'committed' && !gradients ? bytes : undefined),
  }
}

/** All of them, their inputs written into a folder: every fixture, and every preset's committed graph. */
export async function allCases(folder: string, only: (name: string) => boolean = () => true): Promise<Case[]> {
  await mkdir(folder, { recursive: true })
  const cases: Case[] = []
  for (const name of [...caseNames, ...boxCaseNames]) if (only(name)) cases.push(await fixtureCase(name, folder))
  for (const preset of presetCases()) if (only(preset.name)) cases.push(await presetCase(preset, folder))
  return cases
}
