import { useState } from 'react'
import { useSession } from '../../app/session.ts'
import { api } from '../../api/client.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { say } from '../../parts/say.ts'
import { RoleField } from './add-person.tsx'
import { losesLastOwner } from './last-owner.ts'
import { usePeopleChanged, type Key, type Person } from './people-api.ts'
import style from './system.module.css'
import { words } from './system-words.ts'

/** Gives a person another role, or removes them; says whom that locks out. */
export const ChangePerson = (props: {
  person: Person
  what: 'role' | 'remove'
  people: readonly Person[]
  keys: readonly Key[]
  onClose: () => void
}) => {
  const { person, what, people, keys, onClose } = props
  const { name } = person
  const [role, setRole] = useState(person.role)
  const { data: session } = useSession()
  const changed = usePeopleChanged()
  const path = { path: { person: person.id } }
  const isRole = what === 'role'
  const confirm = async () => {
    if (isRole) await api.PUT('/people/{person}', { params: path, body: { role } })
    else await api.DELETE('/people/{person}', { params: path })
    say(isRole ? `${name} has the role ${role} now.` : `${name} is removed.`)
    await changed()
  }
  const isLast = losesLastOwner(people, keys, isRole ? { kind: 'role', name, role } : { kind: 'remove', name })
  const isYou = session?.name === name
  return (
    <Confirm
      title={isRole ? `Role of ${name}` : `Remove ${name}`}
      isOpen
      action={isRole ? 'Change the role' : 'Remove'}
      isDanger={!isRole}
      onConfirm={confirm}
      onClose={onClose}
    >
      {isRole ? (
        <RoleField role={role} onChange={setRole} />
      ) : (
        <p>
          All keys of {name} are revoked, and browsers are signed out. What {name} did stays in the audit log.
        </p>
      )}
      {isLast ? <p className={style.warning}>▲ {words.people.lastOwner}</p> : null}
      {isYou ? <p className={style.warning}>▲ {isRole ? words.people.yourRole : words.people.yourself}</p> : null}
    </Confirm>
  )
}
