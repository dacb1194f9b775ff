/** Operators that put tensors together along an axis, and take them apart. */

export * from './ops/chunks.js'
export * from './ops/concat.js'
export * from './ops/divide.js'
export * from './ops/following.js'
export * from './ops/pad.js'
export * from './ops/slice.js'
export * from './ops/strided.js'
