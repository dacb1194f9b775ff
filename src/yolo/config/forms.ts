/** What is known of a form before it is built. */
export interface FormFacts {
  /** What must be fixed. */
  readonly needs: readonly ('batch' | 'input')[]
  /** Options that no other form has. */
  readonly takes: readonly ('maxBoxes' | 'divisionFree')[]
  /** Oldest opset in which it can be written. */
  readonly since: number
  /** Operators that it does without. */
  readonly clearOf: readonly string[]
  /** Where its nodes can be: all on any provider, or some on the CPU always, for shape arithmetic or control of a loop. */
  readonly placement: 'whole' | 'mixed'
  /** Whether it assigns boxes in a way of its own; the others lay out dense labels first. */
  readonly assigns: boolean
  /** Whether it can be the body of a function, whose sizes follow from attributes. */
  readonly callable: boolean
}

const control = ['If', 'Loop', 'Scan']

/** What makes shapes follow from data or from other shapes. */
const dynamic = ['Compress', 'ConstantOfShape', 'CumSum', 'NonZero', 'OneHot', 'Range', 'Shape', 'Size']

/**
 * How the loss is computed; the numbers are the same. `compact` does only the work the boxes ask for; `static` has fixed
 * sizes and no integer arithmetic, for GPUs and compilers; `loop` is the original's, image by image.
 */
export const forms = {
  compact: {
    needs: [],
    takes: [],
    clearOf: control,
    since: 11,
    placement: 'mixed',
    assigns: true,
    callable: true,
  },
  /** GatherND counts batch dimensions, which it needs, from opset 12 on. */
  static: {
    needs: ['batch', 'input'],
    takes: ['maxBoxes', 'divisionFree'],
    clearOf: [...control, ...dynamic],
    since: 12,
    placement: 'whole',
    assigns: true,
    callable: false,
  },
  loop: {
    needs: [],
    takes: [],
    clearOf: [],
    since: 11,
    placement: 'mixed',
    assigns: false,
    callable: false,
  },
} as const satisfies Readonly<Record<string, FormFacts>>

export type FormName = keyof typeof forms

export const formNames = Object.keys(forms) as readonly FormName[]

/** What is known of a form by its name. */
export const formOf = (name: FormName): FormFacts => forms[name]

/** The forms of which something holds: `compact or static`. */
export const formsThat = (is: (form: FormFacts) => boolean): string =>
  formNames.filter((name) => is(forms[name])).join(' or ')
