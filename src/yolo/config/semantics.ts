import {
  type Changes,
  isSame,
  type ProfileName,
  parseSpec,
  type Semantics,
  type Setting,
  type Spec,
  semantics as semanticsOfProfile,
  semanticsOfSpec,
} from '../../reference/semantics/records.js'
import { ConfigError, type LossConfig } from './config.js'

/** The implementation whose loss this project is about. */
export const usualProfile = 'keras-yolo3' satisfies ProfileName

/** What of a configuration says which loss it is. */
export type Chosen = Pick<LossConfig, 'semantics' | 'rules'>

/** Whether a graph computes the loss of keras-yolo3 and no other. */
export const isUsual = ({ semantics = usualProfile, rules }: Partial<Chosen>): boolean =>
  semantics === usualProfile && Object.keys(rules ?? {}).length === 0

/** The spec of a configuration, as commands spell it. */
export const specOf = ({ semantics, rules }: Chosen): Spec => ({ profile: semantics, changes: rules })

/** Every rule of the loss of a configuration. */
export const rulesOf = (config: Chosen): Semantics => semanticsOfSpec(specOf(config))

/** Changes without those that change nothing. */
function ownOf(profile: ProfileName, changes: Changes): Changes {
  const usual = semanticsOfProfile(profile)
  const own = Object.entries(changes).filter(
    ([name, value]) => !isSame(usual[name as keyof Semantics], value as Setting),
  )
  return Object.fromEntries(own)
}

/** A semantics as it is spelled. @param key what the error names @throws ConfigError */
export function specFrom(text: string, key = 'semantics'): Spec {
  try {
    return parseSpec(text)
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError(key, `is ${text}: ${error.message}`)
    throw error
  }
}

/**
 * The implementation and the changes that a person gives, who may write both as one: `gluon-cv,size=squared`.
 * @param rules checked already
 * @throws ConfigError for what is no such spec
 */
export function chosenFrom(given: unknown, rules: Changes): Chosen {
  const { profile, changes } = specFrom(String(given))
  return { semantics: profile, rules: ownOf(profile, { ...changes, ...rules }) }
}
