/** All that sets an execution provider apart from another one. */
export interface ProviderRecord {
  /** What onnxruntime calls it in a profile. */
  readonly profiled: string
  /** What onnxruntime is asked for, on a device of the machine, where there may be several. Default: its name. */
  readonly onDevice?: (deviceId: number) => { readonly name: string; readonly deviceId: number }
  /** What to do where it is not available. */
  readonly remedy: string
  /** What keeps it from loading, from the message of onnxruntime; undefined when that says it all. */
  readonly obstacle?: (message: string, plain: string) => string | undefined
  /** How much more it may err than the CPU. */
  readonly rounding: number
  /** The form of our graph that it runs whole. */
  readonly form: 'compact' | 'static'
  /** What it runs on, where that must not be mistaken. */
  readonly device?: () => string | undefined
  /** Maps far more memory than it uses, so that a limit of the kernel would end it. */
  readonly mapsMore?: boolean
  /** Environment in which its float32 has all bits. */
  readonly exact?: Readonly<Record<string, string>>
}
