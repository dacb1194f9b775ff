import { basename } from 'node:path'
import { readBytes } from '../../io/index.js'
import { encodeModel, readModel } from '../../onnx/index.js'
import { type Provider, providers } from '../../runtime/index.js'
import type { LossConfig } from '../../yolo/index.js'
import { boxesName, coarsestStride, formOf, isUsual, lossModel, ofScale, resolveConfig } from '../../yolo/index.js'
import { modelConfig } from '../cases/match.js'
import { readCase, type TestCase } from '../cases/testcase.js'
import type { Job, JobFlags } from './job.js'
import { casesIn, ruleFor } from './rules.js'

/** Every case with the model in its folder. */
export async function stored(dir: string, flags: JobFlags): Promise<Job[]> {
  return (await casesIn(dir)).map((path) => ({
    name: basename(path),
    prepare: async () => {
      const file = `${path}/model.onnx`
      const model = await readBytes(file)
        .then((bytes) => ({ bytes, file }))
        .catch(() => undefined)
      const config = model && configOf(model)
      return { source: path, options: { placement: ruleFor(config, flags), ...(model ? { model } : {}) } }
    },
  }))
}

/** The configuration a model carries; a model that cannot be read is refused later, where it becomes a failed row. */
function configOf({ bytes, file }: { bytes: Uint8Array; file: string }): unknown {
  try {
    return modelConfig(readModel(bytes, file).metadata)
  } catch {
    return undefined
  }
}

/** The form a provider can take whole, with the sizes it must know; `compact` where anything goes. */
function formFor(provider: Provider, source: TestCase, form: LossConfig['form'] = providers[provider].form) {
  if (formOf(form).needs.length === 0) return { form }
  const inputs = source.dataSets[0]?.inputs ?? []
  const shapeOf = (name: string) => inputs.find((input) => input.name === name)?.tensor.shape
  const [batch, h, w] = shapeOf(ofScale('y_pred', 0)) ?? []
  if (batch === undefined || h === undefined || w === undefined) return { form }
  const rows = shapeOf(boxesName)?.[1]
  return { form, batch, input: [h * coarsestStride, w * coarsestStride], ...(rows ? { maxBoxes: rows } : {}) }
}

/** Where a provider takes anything: what has other semantics than those of keras-yolo3 is no compact graph. */
const formOfOthers = (provider: Provider, own: Partial<LossConfig>): LossConfig['form'] | undefined =>
  !isUsual(own) && providers[provider].form === 'compact' ? 'loop' : undefined

/** Every case with the graph that its configuration gives, in the form that suits the provider. */
export async function built(flags: JobFlags): Promise<Job[]> {
  const opset = flags.opset === undefined ? {} : { opset: flags.opset }
  return (await casesIn(flags.fixtures ?? 'fixtures')).map((path) => ({
    name: basename(path),
    prepare: async (provider) => {
      const source = await readCase(path)
      const own = source.info.config as Partial<LossConfig>
      const form = formFor(provider, source, flags.form ?? formOfOthers(provider, own))
      const config = resolveConfig({ ...own, ...form, ...opset, components: true, masks: true, gradients: true })
      const model = { bytes: encodeModel(lossModel(config)), file: `${config.form} graph of ${source.name}` }
      return { source, options: { model, placement: ruleFor(config, flags) } }
    },
  }))
}
