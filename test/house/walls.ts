/** A wing of `src`, and what its files may import from outside it. */
export interface Wing {
  readonly name: string
  /** Wings before it, through their doors. */
  readonly wings: readonly string[]
  /** The doors it may use: of those wings, and of records of another, which draws no arrow. */
  readonly doors: readonly string[]
  /** Whether it may use modules of Node. */
  readonly node: boolean
  /** Packages of others, each in one wing alone. */
  readonly packages: readonly string[]
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')

/**
 * Doors beside that of a wing: of `onnx` to its operators, by family, and of the reference to the losses of others and to
 * their records alone.
 */
const sideDoors: Readonly<Record<string, readonly string[]>> = {
  onnx: ['logic', 'math', 'parts', 'select', 'shape'].map((family) => `onnx/${family}.ts`),
  reference: ['reference/semantics/index.ts', 'reference/semantics/records.ts'],
}

/** What may be imported of a wing from outside it. */
export const doorsOf = (name: string): string[] => [`${name}/index.ts`, ...(sideDoors[name] ?? [])]

const wing = (name: string, wings: string, outside: string): Wing => {
  const packages = words(outside)
  const doors = words(wings).flatMap((named) => (named.includes('/') ? [`${named}.ts`] : doorsOf(named)))
  const own = words(wings).filter((named) => !named.includes('/'))
  const node = packages.includes('node')
  return { name, wings: own, doors, node, packages: packages.filter((p) => p !== 'node') }
}

/** The wings in order of flow: each imports only from those above it. */
export const wings: readonly Wing[] = [
  //    wing         may import                                                             Node, and packages of others
  wing('io',        '',                                                                     'node @streamparser/json sax sharp yauzl yazl'),
  wing('onnx',      'io',                                                                   'onnx-proto protobufjs'),
  wing('reference', '',                                                                     ''),
  wing('yolo',      'io onnx reference/semantics/records',                                  ''),
  wing('runtime',   'io onnx',                                                              'node onnxruntime-node'),
  wing('lint',      'io onnx',                                                              ''),
  wing('verify',    'io onnx reference yolo runtime',                                       'node'),
  wing('detector',  'io onnx yolo',                                                         'node'),
  wing('notes',     'io yolo detector',                                                     ''),
  wing('attach',    'io onnx yolo detector notes',                                          'node'),
  wing('train',     'io onnx yolo detector notes attach',                                   ''),
  wing('fit',       'io onnx yolo runtime verify detector attach',                          'node'),
  wing('view',      'io onnx reference yolo verify detector fit',                          'node'),
  wing('cli',       'io onnx reference yolo runtime lint verify detector notes attach train fit view', 'node commander jsonc-parser'),
] // biome-ignore format: one row a wing

/** Import circles of files that are meant: a value knows its graph. */
export const circlesMeant: readonly (readonly string[])[] = [
  ['onnx/graph/build.ts', 'onnx/graph/errors.ts', 'onnx/graph/graph.ts', 'onnx/graph/value.ts'],
]

/** Folders of tests that are not of one wing. */
export const testsOfAll = [
  'bench',
  'door',
  'frameworks',
  'fuzz',
  'golden',
  'house',
  'others',
  'pairs',
  'papers',
  'support',
]

/** Folders of tests below one wing that stand for no folder of it: what its rooms have in common, and rows of tables. */
export const testsOfRooms = ['verify/mutants', 'yolo/gradient', 'yolo/memory', 'onnx/ops/rows']

/** What the linter takes for the name of a door, or of a module from outside. */
function permitted({ doors, node, packages }: Wing): string[] {
  const files = doors.map((door) => `**/${door.replace(/\.ts$/, '.js')}`)
  return [...files, ...(node ? ['node:*', 'node:*/**'] : []), ...packages]
}

/** A wing as the linter is told: nothing but files beside, and no door, but for what is permitted. */
function override(wing: Wing): string {
  const group = ['**', '!./**', '!../**', '../**/index.js', ...permitted(wing).map((name) => `!${name}`)]
  const pattern = `{ "message": "see test/house/walls.ts", "group": [${group.map((g) => `"${g}"`).join(', ')}] }`
  const rule = `"noRestrictedImports": { "level": "error", "options": { "patterns": [${pattern}] } }`
  const files = `{ "includes": ["src/${wing.name}/**"],`.padEnd(36)
  return `    ${files}"linter": { "rules": { "style": { ${rule} } } } }`
}

/** The overrides of `biome.json` as they stand there, one row a wing. */
export const overrides = (): string =>
  ['    { "includes": ["biome.json"],    "formatter": { "enabled": false } }', ...wings.map(override)].join(',\n')
