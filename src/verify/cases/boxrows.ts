import { type AnyTensor, float32, refuse } from '../../io/index.js'

/** Rows of an image in use: up to the last that is not all zeros. */
function usedRows(data: ArrayLike<number>, image: number, rows: number, numbers: number): number {
  let used = rows
  while (used > 0) {
    const start = (image * rows + used - 1) * numbers
    if (Array.from({ length: numbers }, (_, k) => data[start + k]).some((x) => x !== 0)) break
    used--
  }
  return used
}

/**
 * Rows of boxes `[B,T,n]` as many as a graph takes: rows of zeros fill up, and those at the end may go.
 * @throws InputError naming the image that has more
 */
export function fitRows(boxes: AnyTensor, rows: number, file: string): AnyTensor {
  const [batch = 0, own = 0, numbers = 0] = boxes.shape
  if (own === rows || boxes.dtype !== 'float32' || boxes.shape.length !== 3) return boxes
  const given = boxes.data as Float32Array
  const data = new Float32Array(batch * rows * numbers)
  for (let image = 0; image < batch; image++) {
    const used = usedRows(given, image, own, numbers)
    if (used > rows) {
      const what = `image ${image} has ${used} boxes, and the graph takes ${rows} of each`
      refuse('E_BOXES', file, what, `export the graph with --max-boxes ${used} or more`)
    }
    const start = image * own * numbers
    data.set(given.subarray(start, start + used * numbers), image * rows * numbers)
  }
  return float32([batch, rows, numbers], data)
}
