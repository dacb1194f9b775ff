import { floatOf, intOf } from '../../graph/attribute.js'
import { matMul, mul } from '../../math.js'
import { squeeze, transpose, unsqueeze } from '../../shape.js'
import { type Applied, operand, type V } from '../applied.js'
import { type Part, type Rule, ruled } from '../rule.js'

/** The last two axes exchanged. */
export function turned(x: V): V {
  const rank = x.shape.length
  return transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2])
}

/** A vector counts as a row on the left, as a column on the right. */
function multiplied(n: Applied, g: V): Part[] {
  const [a, b] = [operand(n), operand(n, 1)]
  const [row, column] = [a.shape.length === 1, b.shape.length === 1]
  const [A, B] = [row ? unsqueeze(a, [0]) : a, column ? unsqueeze(b, [1]) : b]
  const tall = column ? unsqueeze(g, [g.shape.length]) : g
  const G = row ? unsqueeze(tall, [tall.shape.length - 1]) : tall
  const [dA, dB] = [matMul(G, turned(B)), matMul(turned(A), G)]
  return [row ? squeeze(dA, [-2]) : dA, column ? squeeze(dB, [-1]) : dB]
}

/** α·A·B + β·C, A and B transposed where it says so. */
function general(n: Applied, g: V): Part[] {
  const [a, b] = [operand(n), operand(n, 1)]
  const scaled = (v: V, by: number) => (by === 1 ? v : mul(v, by))
  const G = scaled(g, floatOf(n, 'alpha', 1))
  const [A, B] = [intOf(n, 'transA', 0) === 1 ? turned(a) : a, intOf(n, 'transB', 0) === 1 ? turned(b) : b]
  const [dA, dB] = [matMul(G, turned(B)), matMul(turned(A), G)]
  return [A === a ? dA : turned(dA), B === b ? dB : turned(dB), scaled(g, floatOf(n, 'beta', 1))]
}

/** Products of matrices. */
export const matrixRules: Readonly<Record<string, Rule>> = {
  MatMul: ruled('g·bᵀ; aᵀ·g', multiplied),
  Gemm: ruled('α·g·bᵀ; α·aᵀ·g; β·g', general),
}
