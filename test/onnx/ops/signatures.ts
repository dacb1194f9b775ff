import { readdir, readFile } from 'node:fs/promises'

/** The same versions for several operators. */
const all = (ops: string, versions: readonly number[]) => Object.fromEntries(ops.split(' ').map((op) => [op, versions]))

/**
 * Versions of the operators in force at opsets 11 to 25. From onnx 1.23.2: the distinct values of
 * `onnx.defs.get_schema(op, opset, '').since_version` for opset in range(11, 26).
 */
const versions: Readonly<Record<string, readonly number[]>> = {
  ...all('Not', [1]),
  ...all('Shape', [1, 13, 15, 19, 21, 23, 24, 25]),
  ...all('Transpose', [1, 13, 21, 23, 24, 25]),
  ...all('Relu', [6, 13, 14]),
  ...all('Softplus', [1, 22]),
  ...all('Reshape', [5, 13, 14, 19, 21, 23, 24, 25]),
  ...all('Abs Exp Floor Log Neg Sigmoid Sqrt', [6, 13]),
  ...all('And', [7]),
  ...all('Add Div Mul Sub', [7, 13, 14]),
  ...all('Max Min', [8, 12, 13]),
  ...all('Expand', [8, 13]),
  ...all('Pow', [7, 12, 13, 15]),
  ...all('Mod', [10, 13]),
  ...all('Less NonZero', [9, 13]),
  ...all('Cast', [9, 13, 19, 21, 23, 24, 25]),
  ...all('MatMul', [9, 13]),
  ...all('Where', [9, 16]),
  ...all('ConstantOfShape', [9, 20, 21, 23, 24, 25]),
  ...all('Range', [11]),
  ...all('TopK', [11, 24]),
  ...all('ArgMax', [11, 12, 13]),
  // Its batch_dims, which we use, came with opset 12.
  ...all('GatherND', [12, 13]),
  ...all('ReduceMax', [11, 12, 13, 18, 20]),
  ...all('ReduceMean ReduceProd', [11, 13, 18]),
  ...all('Concat Gather GatherElements ReduceSum Slice', [11, 13]),
  ...all('ScatterElements ScatterND', [11, 13, 16, 18]),
  ...all('Loop', [11, 13, 16, 19, 21, 23, 24, 25]),
  ...all('Split', [11, 13, 18]),
  ...all('Pad', [11, 13, 18, 19, 21, 23, 24, 25]),
  ...all('Equal', [11, 13, 19]),
  ...all('Squeeze Unsqueeze', [11, 13, 21, 23, 24, 25]),
  ...all('CumSum', [11, 14]),
}

export const versionsOf = (type: string): readonly number[] => versions[type] ?? []

interface Documented {
  /** Written with other operators: it emits no node of its own and has no signature. */
  readonly composed: boolean
  readonly signatures: readonly string[]
}

const folder = new URL('../../../src/onnx/ops/', import.meta.url)
const exported = /(\/\*\*(?:(?!\*\/).)*\*\/\n)?export (?:const|function) (\w+)/gs
const makes = /\.emit(?:Many)?\(|withAxes\(|= (?:binary|extremum|unary|real|comparison|reduction)[(<]|=> reshape\(x, \[/
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
