import { Fault } from '../../../io/index.js'

/** The CUDA provider could not be set up; what was there before is intact. Exit code 4. */
export class SetupError extends Fault {
  override readonly name = 'SetupError'

  constructor(where: string, what: string, remedy: string) {
    super('runtime', 'E_SETUP', { where, what, remedy })
  }
}
