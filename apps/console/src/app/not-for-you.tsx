import { Empty } from '../parts/states.tsx'
import type { Role } from './role.ts'
import { useSession } from './session.ts'

/** Says whom a page, or a part of one, is for, to somebody whose role is not enough. */
export const NotForYou = ({ needed }: { needed: Role }) => {
  const { data: session } = useSession()
  return (
    <Empty>
      This page is for the role {needed}; {session?.name} has the role {session?.role}.
    </Empty>
  )
}
