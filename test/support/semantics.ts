import { Random } from '../../src/io/random.js'
import type { SemanticsInput } from '../../src/reference/semantics/cells/input.js'
import { type Profile, semanticsOf } from '../../src/reference/semantics/profiles/profile.js'
import { type ProfileName, profileNames, profiles } from '../../src/reference/semantics/profiles/profiles.js'
import { type RuleName, ruleNames, type Semantics, valuesOf } from '../../src/reference/semantics/rules/rules.js'
import type { Grid } from '../../src/reference/types.js'

/** A small batch in which most rules have something to decide: boxes that share cells, odd pixels, scores, two images. */
export function smallBatch(seed: number): SemanticsInput {
  const random = new Random(seed)
  const [classes, anchors] = [
    3,
    [
      [10, 14],
      [23, 27],
      [37, 58],
      [81, 82],
    ] as [number, number][],
  ]
  const anchorMask = [
    [2, 3],
    [0, 1],
  ]
  const grid = (shape: readonly number[], of: () => number): Grid => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, of),
  })
  const logits = [0, 1].map((l) => grid([2, 2 * 2 ** l, 3 * 2 ** l, 2 * (5 + classes)], () => random.normal(0, 1)))
  const rows = [
    [10.5, 12.25, 34, 37, 0, 1],
    [11, 12, 35.5, 36, 2, 0.75],
    [40, 3, 81, 60, 1, 1],
    [0, 0, 0, 0, 0, 0],
    [3, 20, 50, 62, 2, 1],
    [70.25, 30, 84, 45, 1, 0.5],
    [32.25, 8, 47.75, 24, 0, 1],
    [0, 0, 0, 0, 0, 0],
  ]
  return {
    anchors,
    anchorMask,
    classes,
    ignoreThreshold: 0.4,
    logits,
    labels: { shape: [2, 4, 6], data: Float32Array.from(rows.flat()) },
  }
}

/** Each profile, and each with one rule changed to every other of its values. */
export function variations(): {
  readonly name: string
  readonly semantics: Semantics
  readonly of: ProfileName
  readonly changed?: RuleName
}[] {
  return profileNames.flatMap((of) => {
    const own = semanticsOf(profiles[of] as Profile)
    const changed = ruleNames.flatMap((rule) =>
      valuesOf(rule)
        .filter((value) => value !== own[rule] && rule !== 'backward')
        .map((value) => ({
          name: `${of} with ${rule} ${value}`,
          semantics: { ...own, [rule]: value } as Semantics,
          of,
          changed: rule,
        })),
    )
    return [{ name: of, semantics: own, of }, ...changed]
  })
}
