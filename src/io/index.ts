/**
 * What comes in and goes out: files, arrays, text that is safe to print, and the faults a command ends with.
 * Knows nothing of ONNX, nor of YOLO.
 */
export { decodeNpy, encodeNpy } from './arrays/npy.js'
export { type ArchiveLimits, decodeNpz, encodeNpz } from './arrays/npz.js'
export { readArrays } from './arrays/read.js'
export { unzipNamed } from './arrays/unzip.js'
export * from './elements.js'
export { exitCodes, worstExit } from './exit.js'
export { Fault, InputError, isForeseen, refuse, withRemedy } from './fault.js'
export { expectWritable, writeAtomic, writeFailure } from './files/atomic.js'
export { chunksOf, type FileRange } from './files/chunks.js'
export { copyAtomic } from './files/copy.js'
export { imageSize } from './files/imagesize.js'
export { isFolder, isSameFile } from './files/paths.js'
export { readBytes, readFailure, readJson, readSize, whyUnread } from './files/read.js'
export { heartbeatOf, removeScratch, scratchFolder } from './files/scratch.js'
export { refuseOtherKinds } from './files/sniff.js'
export { nearest } from './nearest.js'
export * from './tensor.js'
export { escaped, harmless, listed, printable, quoted } from './text.js'
export { version } from './version.js'
