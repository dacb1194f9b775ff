/**
 * The command line: a file for each command over groups of flags that they share.
 * Nothing else prints, or decides how the process ends.
 */
export { main } from './main.js'
