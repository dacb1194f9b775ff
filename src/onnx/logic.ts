/** Operators that compare and decide. */
export * from './ops/logic.js'
