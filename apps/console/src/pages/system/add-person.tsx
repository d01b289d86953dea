import { useState, type SubmitEvent } from 'react'
import type { Role } from '../../app/role.ts'
import { useSession } from '../../app/session.ts'
import { api } from '../../api/client.ts'
import { Field } from '../../parts/field.tsx'
import { errorText } from '../../parts/say.ts'
import { usePeopleChanged, type Person } from './people-api.ts'
import style from './system.module.css'
import { roleHelp } from './system-words.ts'

/** Chooses a role, and says what it is for. */
export const RoleField = ({ role, onChange }: { role: Role; onChange: (role: Role) => void }) => {
  const { data: session } = useSession()
  return (
    <Field label="Role" help={`${role}: ${roleHelp[role]}.`}>
      {(ties) => (
        <select {...ties} value={role} onChange={(event) => onChange(event.target.value as Role)}>
          {session?.may.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** Adds somebody; what comes next is a key for them. */
export const AddPerson = ({ onAdded }: { onAdded: (person: Person) => void }) => {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('operator')
  const [error, setError] = useState<string>()
  const [isAdding, setIsAdding] = useState(false)
  const changed = usePeopleChanged()
  const add = async (event: SubmitEvent) => {
    event.preventDefault()
    setIsAdding(true)
    setError(undefined)
    try {
      const { data } = await api.POST('/people', { body: { name: name.trim(), role } })
      setName('')
      await changed()
      onAdded(data!)
    } catch (refusal) {
      setError(errorText(refusal))
    } finally {
      setIsAdding(false)
    }
  }
  return (
    <form className={style.add} onSubmit={(event) => void add(event)}>
      <Field label="Add a person" error={error}>
        {(ties) => (
          <input
            {...ties}
            value={name}
            maxLength={64}
            required
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <RoleField role={role} onChange={setRole} />
      <button type="submit" disabled={isAdding || name.trim() === ''}>
        Add
      </button>
    </form>
  )
}
