import type { FormName } from '../config/forms.js'
import { compact } from './compact/compact.js'
import type { Form } from './form.js'
import { loop } from './loop/loop.js'
import { fixedSizes } from './static/static.js'

/** How each form is built. */
export const builders: Readonly<Record<FormName, Form>> = { compact, static: fixedSizes, loop }
