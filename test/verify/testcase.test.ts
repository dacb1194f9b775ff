import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bindTensors, findCases, readCase } from '../../src/verify/cases/testcase.js'
import { readTolerances, toleranceOf } from '../../src/verify/cases/tolerance.js'
import { pair } from '../runtime/models.js'
import { scratch, sumCase, writeSum } from './cases.js'

const root = await scratch()
const set = 'test_data_set_0'

describe('a case', () => {
  it('reads back as it was written, equal bytes each time', async () => {
    const dir = await writeSum(root, 'twice')
    const bytes = async () =>
      Promise.all(['model.onnx', 'data.json', `${set}/input_0.pb`].map((f) => readFile(join(dir, f))))
    const before = await bytes()
    await writeSum(root, 'twice')
    expect(await bytes()).toEqual(before)
    const test = await readCase(dir)
    expect(test).toMatchObject({ name: 'twice', info: { seed: 1 } })
    expect(test.dataSets).toEqual([{ name: set, inputs: sumCase.inputs, outputs: sumCase.outputs }])
    expect(toleranceOf(test.tolerances, 'y', 'float32')).toEqual({ rtol: 2e-6, atol: 0, source: 'twice/data.json' })
  })

  it('leaves no tensor of an earlier version behind', async () => {
    const three = [...sumCase.inputs, { name: 'more', tensor: pair(1, 2) }]
    const dir = await writeSum(root, 'shrunk', { inputs: three })
    await writeSum(root, 'shrunk')
    expect((await readdir(join(dir, set))).sort()).toEqual(['input_0.pb', 'input_1.pb', 'output_0.pb'])
  })

  it('is refused when it was not written to its end, alone and among others', async () => {
    const dir = await writeSum(join(root, 'among'), 'half')
    await writeFile(join(dir, '.yolo-loss-incomplete'), '')
    await expect(readCase(dir)).rejects.toMatchObject({ code: 'E_INCOMPLETE', exitCode: 3 })
    await expect(findCases(join(root, 'among'))).rejects.toThrow('half: was not written to its end')
    await writeSum(join(root, 'among'), 'half')
    expect(await findCases(join(root, 'among'))).toEqual([dir])
  })

  it('orders tensors by number, not by name', async () => {
    const eleven = Array.from({ length: 11 }, (_, i) => ({ name: `i${i}`, tensor: pair(i, i) }))
    const { dataSets } = await readCase(await writeSum(root, 'eleven', { inputs: eleven }))
    expect(dataSets[0]?.inputs.map((t) => t.name)).toEqual(eleven.map((t) => t.name))
  })

  it('needs neither data.json nor case.json', async () => {
    const dir = await writeSum(root, 'bare')
    await rm(join(dir, 'data.json'))
    await rm(join(dir, 'case.json'))
    const test = await readCase(dir)
    expect(test.info).toEqual({})
    expect(toleranceOf(test.tolerances, 'y', 'float32')).toEqual({
      rtol: 1e-5,
      atol: 1e-6,
      source: 'default for float32',
    })
  })

  it.each<[string, (dir: string) => Promise<unknown>, string]>([
    [
      'a gap',
      (d) => rename(join(d, set, 'input_1.pb'), join(d, set, 'input_2.pb')),
      'input_1.pb is missing, though there is input_2.pb',
    ],
    [
      'a misnamed tensor',
      (d) => rename(join(d, set, 'input_1.pb'), join(d, set, 'inptu_1.pb')),
      '"inptu_1.pb" is neither input nor output',
    ],
    [
      'a number with zeros in front',
      (d) => rename(join(d, set, 'input_1.pb'), join(d, set, 'input_01.pb')),
      '"input_01.pb" is neither',
    ],
    ['an empty tensor file', (d) => writeFile(join(d, set, 'output_0.pb'), ''), 'output_0.pb: the file is empty'],
    ['a folder for a tensor', (d) => mkdir(join(d, set, 'output_1.pb')), 'output_1.pb: this is a folder'],
    ['no data set', (d) => rm(join(d, set), { recursive: true }), 'it has no test_data_set_0'],
    ['broken JSON', (d) => writeFile(join(d, 'data.json'), '{'), 'data.json: not valid JSON'],
    ['a list for data.json', (d) => writeFile(join(d, 'data.json'), '[]'), 'the content must be an object'],
    [
      'a negative tolerance',
      (d) => writeFile(join(d, 'data.json'), '{"rtol": -1}'),
      'rtol must be a finite number, 0 or more, got -1',
    ],
    [
      'an infinite tolerance',
      (d) => writeFile(join(d, 'data.json'), '{"outputs": {"y": {"atol": 1e400}}}'),
      'outputs."y".atol must be a finite number, 0 or more, got Infinity',
    ],
  ])('with %s is refused', async (name, damage, message) => {
    const dir = await writeSum(root, name.replaceAll(' ', '-'))
    await damage(dir)
    await expect(readCase(dir)).rejects.toMatchObject({ exitCode: 3 })
    await expect(readCase(dir)).rejects.toThrow(message)
  })

  it('that does not exist is refused', async () => {
    await expect(readCase(join(root, 'nowhere'))).rejects.toThrow('nowhere: there is no such file')
  })

  it('is found in a folder of cases, and as the folder itself', async () => {
    const many = join(root, 'many')
    const [b, a] = [await writeSum(many, 'b'), await writeSum(many, 'a')]
    await mkdir(join(many, 'other'))
    expect(await findCases(many)).toEqual([a, b])
    expect(await findCases(a)).toEqual([a])
  })
})

describe('tensors and names', () => {
  const unnamed = [
    { name: '', tensor: pair(1, 2) },
    { name: '', tensor: pair(3, 4) },
  ]
  it('take the place of those without a name from the graph', () => {
    expect([...bindTensors(unnamed, ['a', 'b'], 'input', 'w').keys()]).toEqual(['a', 'b'])
    expect(() => bindTensors(unnamed, ['a'], 'input', 'w')).toThrow('input_1.pb has no place: the model has 1')
  })
  it('are never doubled', () => {
    const twice = [sumCase.inputs[0], sumCase.inputs[0]].flatMap((t) => t ?? [])
    expect(() => bindTensors(twice, ['x'], 'input', 'w')).toThrow('two tensors are input "x"')
  })
})

describe('tolerances', () => {
  it('of an output inherit what they leave out, and say whose they are', () => {
    const content = { atol: 1e-3, outputs: { loss: { rtol: 2e-6 } } }
    const tolerances = readTolerances(content, 'f/data.json', 'f')
    expect(toleranceOf(tolerances, 'loss', 'float32')).toEqual({ rtol: 2e-6, atol: 1e-3, source: 'f/data.json, loss' })
    expect(toleranceOf(tolerances, 'xy_0', 'float32')).toEqual({ rtol: 1e-5, atol: 1e-3, source: 'f/data.json' })
  })
})
