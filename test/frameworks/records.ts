/**
 * How a graph is asked for its numbers: as it stands, with our gradient in it, or differentiated and compiled by the framework;
 * or with our gradient, by a program that `yolo-loss program` prints.
 */
export type Mode = 'value' | 'gradient' | 'derived' | 'jit' | 'jit derived' | 'program'

/** The files under `fixtures/` and `graphs/` as they are committed, or a form that is exported for the run. */
export type FormName = 'committed' | 'compact' | 'static' | 'loop'

/** A kind of graph that a runtime is given, and what it is asked of it. */
export interface Diet {
  readonly form: FormName
  /** The target of `--for`, where the default graph is not meant for this runtime. */
  readonly target?: string
  readonly opset?: number
  readonly modes: readonly Mode[]
}

/** A runtime of the matrix. */
export interface Runtime {
  /** How it is called on the command line and in the committed results. */
  readonly name: string
  readonly title: string
  /** What computes: runtimes of one engine count as one. */
  readonly engine: string
  /** Its locked requirements under `env/`, without the extension; undefined for what runs in Node. */
  readonly env: string
  /** Another environment, whose packages are there besides. */
  readonly beside?: string
  /** The runner under `runners/`, and its own words. */
  readonly runner: readonly string[]
  /** Packages of Debian that it wants, by the program whose absence shows that they are missing. */
  readonly debian?: Readonly<Record<string, string>>
  readonly diets: readonly Diet[]
  /** Seconds on two cores, environments cached: what the rotation packs. */
  readonly seconds: number
  /** Seconds that a case may take, where that is not what it is for all. */
  readonly longest?: number
  /** Whether it compiles every graph, however it is asked. */
  readonly compiles?: true
  /** Why it takes no turn in the rotation, and runs only where it is asked for by name. */
  readonly byNameOnly?: string
  /** Errors that are known, by a pattern of their text: the reason, and the upstream issue where there is one. */
  readonly known?: readonly { readonly pattern: RegExp; readonly why: string }[]
  /** Why it returns wrong values, if it does: told beside the matrix. */
  readonly wrongBecause?: string
}
