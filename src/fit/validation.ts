import { replaceLoss } from '../attach/index.js'
import { openSession } from '../runtime/index.js'
import { Batches, type Complain, type DataSet } from './data.js'
import type { Validation } from './log/line.js'
import type { Place, Values } from './loop.js'
import { numbersIn } from './numbers.js'
import type { OpenStep } from './opened.js'
import type { Framing } from './pictures.js'

/**
 * The loss of the trained detector, as it infers, over a data set in whole batches.
 * @throws InputError as `replaceLoss` and `Session.run`
 */
export async function validated(
  step: OpenStep,
  values: Values,
  data: DataSet,
  framing: Framing,
  complain: Complain,
  { provider, strict }: Place,
): Promise<Validation> {
  const { picture, config, rows, file } = step
  // The batch divides, which is what a normaliser is given here.
  const plain = { ...config, gradients: false, normalizer: false }
  const { bytes } = replaceLoss(step.bytes, plain, { file, weights: values, onlyLoss: true })
  const session = await openSession(bytes, { file, provider, strict })
  const batches = new Batches(data, { ...framing, picture, config, rows: Number.isFinite(rows) ? rows : 0, complain })
  const count = Math.floor(data.images / picture.batch)
  let sum = 0
  try {
    for (let i = 0; i < count; i++) {
      const { feeds } = await batches.of(Array.from({ length: picture.batch }, (_, j) => i * picture.batch + j))
      sum += numbersIn(await session.run(feeds)).loss ?? Number.NaN
    }
  } finally {
    await session.release()
  }
  return { loss: sum / count, images: count * picture.batch }
}
