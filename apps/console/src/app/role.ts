/** What a person may do; each role may do all that the ones before it may. As in the gateway. */
export const ROLES = ['viewer', 'operator', 'manager', 'owner'] as const

/** A role of a person. */
export type Role = (typeof ROLES)[number]

/** Whether somebody with a role may do what `needed` is required for. */
export const mayDo = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)
