/** Operators that give the same elements in another shape, order or type. */
export * from './ops/movement.js'
export * from './ops/size.js'
