export { nearest } from '../graph/nearest.js'
