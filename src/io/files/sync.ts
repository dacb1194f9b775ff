import { open } from 'node:fs/promises'

// What systems say that cannot do it; on Windows a folder cannot even be opened.
const unable = ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP', 'EPERM']

/** Makes the names in a folder last: a rename alone may be lost when the power goes. Where that cannot be done it is not. */
export async function syncedFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch (error) {
    if (!unable.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}
