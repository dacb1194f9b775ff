const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Lets work come to a good end when it is interrupted: the first signal is only told, a second one ends the process as ever.
 * @returns whether there was one
 */
export async function interruptible<T>(work: (interrupted: () => boolean) => Promise<T>): Promise<T> {
  const heard = signals.map((signal) => [signal, process.rawListeners(signal) as (() => void)[]] as const)
  let interrupted = false
  const restore = () => {
    for (const [signal, listeners] of heard) {
      process.removeListener(signal, first)
      for (const listener of listeners) process.on(signal, listener)
    }
  }
  const first = () => {
    interrupted = true
    restore()
  }
  for (const signal of signals) {
    process.removeAllListeners(signal)
    process.on(signal, first)
  }
  try {
    return await work(() => interrupted)
  } finally {
    if (!interrupted) restore()
  }
}
