/** What a person may do; each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'manager', 'owner'] as const

/** A role of a person. */
export type Role = (typeof ROLES)[number]

/** Who sends a request. */
export interface Actor {
  /** The name of a person, `ADMIN_TOKEN`, or `developer` in a browser that `./phone dev` has signed in. */
  readonly name: string
  /** Absent for what is no person. */
  readonly personId?: string
  /** The session of the browser it comes from; absent for a key in the request itself. */
  readonly sessionId?: string
  readonly role: Role
}

/** Whether somebody with a role may do what `needed` is required for. */
export const mayDo = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

/** The roles whose work somebody with a role may do: theirs and the lesser ones. */
export const rolesWithin = (role: Role): Role[] => ROLES.filter((each) => mayDo(role, each))
