import { describe, expect, it } from 'vitest'
import { type Profile, profile, semanticsOf, sourceOf } from '../../../../src/reference/semantics/profiles/profile.js'
import { profileNames, profiles } from '../../../../src/reference/semantics/profiles/profiles.js'
import { parseSpec, semanticsOfSpec, spelledSpec } from '../../../../src/reference/semantics/profiles/spec.js'
import { ruleNames, valuesOf } from '../../../../src/reference/semantics/rules/rules.js'

describe('a profile', () => {
  it.each(profileNames)('%s has a value that there is, and a source, for every rule', (name) => {
    const own: Profile = profiles[name]
    for (const rule of ruleNames) {
      expect(valuesOf(rule)).toContain(semanticsOf(own)[rule])
      expect([rule, sourceOf(own, rule)]).toEqual([rule, expect.stringMatching(/\S/)])
    }
  })

  it('without a row is refused where it stands', () => {
    const { size, ...rows } = profiles.darknet.rows
    expect(size[0]).toBe('half-squared')
    expect(() => profile({ of: 'nobody', rows: rows as Profile['rows'] })).toThrow('a profile without size')
  })

  it('is no other', () => {
    const all = profileNames.map((name) => JSON.stringify(semanticsOf(profiles[name])))
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('a spec', () => {
  it.each(['gluon-cv', 'darknet,size=l1', 'ultralytics-v3,balance=4/1/0.4,boxWeight=0.07', 'paddle,classWeights='])(
    '%s is spelled as it is read',
    (text) => {
      expect(spelledSpec(parseSpec(text))).toBe(text)
    },
  )

  it('changes its profile in what it names, and in nothing else', () => {
    const { size, whWeight, ...others } = semanticsOfSpec(parseSpec('darknet, size=squared, whWeight=0.5'))
    expect([size, whWeight]).toEqual(['squared', 0.5])
    expect({ ...semanticsOf(profiles.darknet) }).toMatchObject(others)
  })
})
