/** Every operator. */
export * from './logic.js'
export * from './math.js'
export * from './parts.js'
export * from './select.js'
export * from './shape.js'
