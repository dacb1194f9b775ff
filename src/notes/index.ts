/**
 * Mistakes of people of which a number comes all the same: what they look like, and what to do about each.
 * A table of records over configurations, class names, data, annotations and detectors; it refuses nothing.
 */
export { type Note, onceEach } from './note.js'
export {
  notesOf,
  notesOnCoco,
  notesOnConfig,
  notesOnData,
  notesOnDetector,
  notesOnDtype,
  notesOnFitted,
  notesOnImages,
  notesOnNames,
  notesOnPictures,
  notesOnTrained,
  notesOnUnsaid,
} from './notes.js'
export { noteText } from './text.js'
