import { spawn } from 'node:child_process'

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', '""'],
}

/** Opens an address in the browser. @param failed hears why it was not opened, if it was not */
export function openAddress(address: string, failed: (why: string) => void): void {
  const [command = '', ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true })
  child.on('error', ({ message }) => failed(message))
  child.on('exit', (code) => {
    if (code) failed(`${command} ended with ${code}`)
  })
  child.unref()
}
