import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { circles, filesIn, root, type SourceFile } from './source.js'
import { circlesMeant, doorsOf, overrides, testsOfAll, testsOfRooms, wings } from './walls.js'

const files = filesIn(join(root, 'src'))
const names = wings.map(({ name }) => name)
const wingOf = (path: string): string => path.split('/')[0] as string
const ofWing = (name: string): SourceFile[] => files.filter(({ path }) => wingOf(path) === name)

const folders = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(root, folder).length + 1))
    .map((path) => path.replaceAll('\\', '/'))

const isNode = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name)

/** Imports that leave a wing, as `file → what it imports`. */
const leaving = (name: string): [string, string][] =>
  ofWing(name).flatMap(({ path, imports }) =>
    imports.filter((to) => wingOf(to) !== name).map((to): [string, string] => [path, to]),
  )

/** First two sentences of the comment at the head of a file. */
const sentencesAtHead = (text: string): number =>
  (/^\/\*\*(.*?)\*\//s.exec(text)?.[1]?.match(/[^\s*]\.(?=\s)/g) ?? []).length

describe('the wings', () => {
  it('are the folders of src, beside the door of the library', () => {
    const entries = readdirSync(join(root, 'src')).sort()
    expect(entries).toEqual([...names, 'index.ts'].sort())
    expect(entries.length).toBeLessThanOrEqual(15)
  })

  it('stand in order of flow', () => {
    for (const [i, { name, wings: may }] of wings.entries())
      expect([name, may.filter((other) => !names.slice(0, i).includes(other))]).toEqual([name, []])
  })

  it.each(wings)('$name imports what the table lets it, by doors', ({ name, doors, node, packages }) => {
    expect(leaving(name).filter(([, to]) => !doors.includes(to))).toEqual([])
    const outside = [...new Set(ofWing(name).flatMap((file) => file.packages))]
    expect(outside.filter((used) => !isNode(used)).sort()).toEqual([...packages].sort())
    expect(outside.some(isNode)).toBe(node)
  })

  it.each(names)('%s has a door whose head says in two sentences what it is', (name) => {
    const door = files.find(({ path }) => path === `${name}/index.ts`)
    expect(sentencesAtHead(door?.text ?? '')).toBe(2)
  })

  it('are entered by the library through doors, but for the command line', () => {
    const doors = names.filter((name) => name !== 'cli').flatMap(doorsOf)
    expect(files.find(({ path }) => path === 'index.ts')?.imports.filter((to) => !doors.includes(to))).toEqual([])
  })

  it('share no package of others', () => {
    const all = wings.flatMap(({ packages }) => packages)
    expect(all).toEqual([...new Set(all)])
  })

  it('are the overrides of the linter', () => {
    const text = readFileSync(join(root, 'biome.json'), 'utf8')
    expect(/"overrides": \[\n(.*?)\n {2}\]/s.exec(text)?.[1]?.split('\n')).toEqual(overrides().split('\n'))
  })

  it.each(['onnx', 'reference', 'yolo'])('%s imports no module of Node itself', (name) => {
    expect(wings.find((wing) => wing.name === name)?.node).toBe(false)
    expect(ofWing(name).filter(({ packages }) => packages.some(isNode))).toEqual([])
  })

  it('leave the reference alone: it imports nothing at all', () => {
    const { wings: may, packages } = wings.find(({ name }) => name === 'reference') as (typeof wings)[number]
    expect([...may, ...packages, ...leaving('reference')]).toEqual([])
  })
})

/** Files and folders of a folder as they import one another, folders of files below them standing for those. */
function neighbours(folder: string): Map<string, Set<string>> {
  const start = folder === '' ? '' : `${folder}/`
  const node = (path: string): string | undefined =>
    path.startsWith(start) ? path.slice(start.length).replace(/\/.*/, '/') : undefined
  const arrows = new Map<string, Set<string>>()
  for (const { path, imports } of files) {
    const from = node(path)
    if (from === undefined) continue
    const to = imports.map(node).filter((other): other is string => other !== undefined && other !== from)
    arrows.set(from, new Set([...(arrows.get(from) ?? []), ...to]))
  }
  return arrows
}

describe('the rooms', () => {
  it.each(['', ...folders('src')])('of src/%s do not stand in a circle', (folder) => {
    const found = circles(neighbours(folder))
    expect(found.filter((circle) => circle.some((node) => node.endsWith('/')))).toEqual([])
  })
})

describe('the files', () => {
  it('of src do not stand in a circle, but where it is meant', () => {
    const found = circles(new Map(files.map(({ path, imports }) => [path, new Set(imports)])))
    const meant = circlesMeant.map((circle) => circle.join())
    expect(found.filter((circle) => !meant.includes(circle.join()))).toEqual([])
  })

  it('of src have at most 250 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 251).map(({ path }) => path)).toEqual([])
  })

  it('of tests mirror src', () => {
    const others = folders('test').filter((path) => !testsOfAll.includes(wingOf(path)) && !testsOfRooms.includes(path))
    expect(others.filter((path) => !existsSync(join(root, 'src', path)))).toEqual([])
  })
})
