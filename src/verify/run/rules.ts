import { isFolder, refuse } from '../../io/index.js'
import { formNames, formOf, isUsual, type LossConfig } from '../../yolo/index.js'
import { findCases } from '../cases/testcase.js'
import type { PlacementRule } from '../judge/result.js'
import type { JobFlags } from './job.js'

/** The cases of a folder. @throws InputError when it holds none, for nothing compared is no success */
export async function casesIn(dir: string): Promise<string[]> {
  if (!isFolder(dir))
    refuse(
      'E_FIXTURE',
      dir,
      'there is no such folder of cases',
      'name one with --fixtures DIR; the cases of this library are in its repository, not in the npm package',
    )
  const dirs = await findCases(dir)
  if (dirs.length > 0) return dirs
  return refuse('E_FIXTURE', dir, 'holds no case', 'a case is a folder with test_data_set_0')
}

/** Whether a form, by the name that a model gives, has nodes that run on the CPU whatever the provider. */
const isMixed = (name: unknown): boolean =>
  formNames.some((form) => form === name && formOf(form).placement === 'mixed')

/** As far as a model or a case says of its loss what bears on places. */
type Said = Partial<Pick<LossConfig, 'form' | 'semantics' | 'rules'>>

/**
 * What to ask of the places of a model's nodes: of a graph of ours that cannot be all on a provider, only a list. Other
 * implementations' losses assign boxes in float64, which few providers have.
 */
export function ruleFor(config: unknown, flags: JobFlags): PlacementRule {
  const said: Said = config === undefined ? {} : { form: 'compact', ...(config as Said) }
  return flags.allowFallback || isMixed(said.form) || !isUsual(said) ? 'listed' : 'strict'
}
