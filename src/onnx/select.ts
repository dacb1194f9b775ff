/** Operators that find places, and take or put entries there. */

export * from './ops/batched.js'
export * from './ops/control.js'
export * from './ops/grid.js'
export * from './ops/ragged.js'
export * from './ops/rank.js'
export * from './ops/select.js'
