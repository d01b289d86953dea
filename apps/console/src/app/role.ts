import type { components } from '../api/openapi.ts'

type Session = components['schemas']['Session']

/** A role of a person. Which role may do what another one may, only the gateway knows: `Session.may`. */
export type Role = Session['role']

/** Whether whoever is signed in may do what `needed` is required for. */
export const mayDo = ({ may }: Pick<Session, 'may'>, needed: Role): boolean => may.includes(needed)
