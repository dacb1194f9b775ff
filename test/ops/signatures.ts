import { readdir, readFile } from 'node:fs/promises'

/**
 * Versions of the operators in force at opsets 13 to 21. From onnx 1.23.2: the distinct values of
 * `onnx.defs.get_schema(op, opset, '').since_version` for opset in range(13, 22).
 */
const versions: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(['Add', 'Sub', 'Mul', 'Div'].map((op) => [op, [13, 14]])),
  ...Object.fromEntries(['Transpose', 'Unsqueeze', 'Squeeze'].map((op) => [op, [13, 21]])),
  Loop: [13, 16, 19, 21],
  Softplus: [1],
  Pad: [13, 18, 19, 21],
  TopK: [11],
  Not: [1],
  And: [7],
  Equal: [13, 19],
  Where: [9, 16],
  Reshape: [13, 14, 19, 21],
  Shape: [13, 15, 19, 21],
  Split: [13, 18],
  Cast: [13, 19, 21],
  ReduceMax: [13, 18, 20],
  ScatterND: [13, 16, 18],
  CumSum: [11, 14],
  Range: [11],
  ConstantOfShape: [9, 20, 21],
}

/** Everything else the builder emits has had one form since opset 13. */
export const versionsOf = (type: string): readonly number[] => versions[type] ?? [13]

interface Documented {
  /** Written with other operators: it emits no node of its own and has no signature. */
  readonly composed: boolean
  readonly signatures: readonly string[]
}

const folder = new URL('../../src/ops/', import.meta.url)
const exported = /(\/\*\*(?:(?!\*\/).)*\*\/\n)?export (?:const|function) (\w+)/gs
const makes = /\.emit(?:Many)?\(|= (?:binary|unary|real|comparison|reduction)[(<]|=> reshape\(x, \[/
const signature = /Signature:\s+((?:`ai\.onnx@\d+::\w+`,?\s*)+)$/

/** Every exported operator of `src/ops`, with the signatures its doc ends in. */
export async function documentedOps(): Promise<Map<string, Documented>> {
  const found = new Map<string, Documented>()
  for (const file of (await readdir(folder)).filter((name) => name !== 'operand.ts')) {
    const text = await readFile(new URL(file, folder), 'utf8')
    const all = [...text.matchAll(exported)]
    const matches = all.filter((m, i) => m[2] !== all[i - 1]?.[2]) // overloads share the first one's doc
    matches.forEach((match, i) => {
      const [, doc = '', name] = match as unknown as [string, string | undefined, string]
      const own = text.slice(match.index, matches[i + 1]?.index)
      const plain = doc.replace(/^\s*\/\*\*|^ \*\/?|\*\/\s*$/gm, '').trim()
      const signatures = [...(signature.exec(plain)?.[1] ?? '').matchAll(/`(.+?)`/g)].map((m) => m[1] as string)
      found.set(name, { composed: !makes.test(own), signatures })
    })
  }
  return found
}
