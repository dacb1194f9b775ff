/** The runtime that commands find, where a test says that there is another one. */
export const fakeRuntime = { root: '' }
