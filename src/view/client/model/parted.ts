import type { Finding, Side } from '../../viewed.js'

/** What is odd in all sides, and beside it what is so in each alone. */
export interface Parted {
  readonly common: readonly Finding[]
  readonly own: readonly (readonly Finding[])[]
}

/** The findings of sides, each told once: those of labels that they share are the same. */
export function parted(sides: readonly Pick<Side, 'findings' | 'images'>[]): Parted {
  const keyed = sides.map(({ findings, images }) => {
    const keyOf = ({ text, image, place }: Finding) =>
      JSON.stringify([text, image === undefined ? null : images[image]?.name, place])
    return findings.map((finding) => ({ finding, key: keyOf(finding) }))
  })
  const keys = keyed.map((all) => new Set(all.map(({ key }) => key)))
  const isCommon = (key: string): boolean => sides.length > 1 && keys.every((all) => all.has(key))
  const chosen = (all: (typeof keyed)[number], common: boolean): Finding[] =>
    all.flatMap(({ finding, key }) => (isCommon(key) === common ? [finding] : []))
  return { common: chosen(keyed[0] ?? [], true), own: keyed.map((all) => chosen(all, false)) }
}
