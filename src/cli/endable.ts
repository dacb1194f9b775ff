const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Long work without a pause, which a signal ends at once: no handler is heard while JavaScript is busy, but without one
 * the system ends the process by itself. Only for work that has nothing to clean up.
 */
export function endable<T>(work: () => T): T {
  const listen = unheard()
  try {
    return work()
  } finally {
    listen()
  }
}

/** The same of work that waits in between. */
export async function endableLater<T>(work: () => Promise<T>): Promise<T> {
  const listen = unheard()
  try {
    return await work()
  } finally {
    listen()
  }
}

/** Takes the listeners off. @returns what puts them back */
function unheard(): () => void {
  const heard = signals.map((signal) => [signal, process.rawListeners(signal) as (() => void)[]] as const)
  for (const signal of signals) process.removeAllListeners(signal)
  return () => {
    for (const [signal, listeners] of heard) for (const listener of listeners) process.on(signal, listener)
  }
}

/**
 * Lets work come to a good end when it is interrupted: the first signal is only told, a second one ends the process as ever.
 * @param work is given whether there was one
 */
export async function interruptible<T>(work: (interrupted: () => boolean) => Promise<T>): Promise<T> {
  const listen = unheard()
  let interrupted = false
  const restore = () => {
    for (const signal of signals) process.removeListener(signal, first)
    listen()
  }
  const first = () => {
    interrupted = true
    restore()
  }
  for (const signal of signals) process.on(signal, first)
  try {
    return await work(() => interrupted)
  } finally {
    if (!interrupted) restore()
  }
}

/** Waits for a signal, which is how the work ends well; a second one ends the process as ever. */
export async function untilInterrupted(): Promise<void> {
  const listen = unheard()
  await new Promise<void>((done) => {
    const first = () => {
      for (const signal of signals) process.removeListener(signal, first)
      done()
    }
    for (const signal of signals) process.on(signal, first)
  })
  listen()
}
