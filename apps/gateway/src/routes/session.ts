import * as z from 'zod'
import type { AdminScope } from './admin-scope.ts'
import { ROLES } from './roles.ts'

const session = z.object({ name: z.string(), role: z.enum(ROLES) }).meta({ id: 'Session' })

/** `GET /session`: who sends the request. */
export const addSessionRoutes = async (scope: AdminScope): Promise<void> => {
  const schema = { summary: 'Who is signed in', response: { 200: session } }
  scope.get('/session', { config: { role: 'viewer' }, schema }, async ({ actor: { name, role } }) => ({ name, role }))
}
