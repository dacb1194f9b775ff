/** What a command leaves behind: the code the process ends with. */
export type Finish = (exitCode: number) => void
