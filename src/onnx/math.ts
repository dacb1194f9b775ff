/** Operators that compute: number by number, along axes, and products of matrices. */
export * from './ops/digits.js'
export * from './ops/elementwise.js'
export * from './ops/matmul.js'
export type { Operand } from './ops/operand.js'
export * from './ops/reduce.js'
