/** Height and width in pixels. */
export type Size = readonly [height: number, width: number]

/** A format of image files whose header tells the size. */
export interface ImageFormat {
  readonly name: string
  /** Ends of the names of such files, in lower case. */
  readonly extensions: readonly string[]
  /**
   * The size as the image is shown; nothing for another format, and where the bytes end before it is known.
   * @internal: not every program has Node’s types
   * @param whole whether these are all bytes of the file, not only the first
   */
  sizeOf(bytes: Buffer, whole: boolean): Size | undefined
}
