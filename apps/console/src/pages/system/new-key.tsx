import { useState, type SubmitEvent } from 'react'
import { api } from '../../api/client.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { errorText } from '../../parts/say.ts'
import { usePeopleChanged, type Person } from './people-api.ts'
import style from './system.module.css'
import { words } from './system-words.ts'

/** Issues a key to a person, and shows it: once. */
export const NewKey = ({ person, onClose }: { person: Person; onClose: () => void }) => {
  const [label, setLabel] = useState('')
  const [key, setKey] = useState<string>()
  const [error, setError] = useState<string>()
  const [isIssuing, setIsIssuing] = useState(false)
  const changed = usePeopleChanged()
  const issue = async (event: SubmitEvent) => {
    event.preventDefault()
    setIsIssuing(true)
    setError(undefined)
    try {
      const body = label.trim() === '' ? {} : { label: label.trim() }
      const { data } = await api.POST('/people/{person}/keys', { params: { path: { person: person.id } }, body })
      setKey(data!.key)
      await changed()
    } catch (refusal) {
      setError(errorText(refusal))
    } finally {
      setIsIssuing(false)
    }
  }
  return (
    <Dialog
      title={key === undefined ? `A key for ${person.name}` : `The key of ${person.name}`}
      isOpen
      onClose={onClose}
    >
      {key === undefined ? (
        <form onSubmit={(event) => void issue(event)}>
          <Field label="Label" help="What it is for, such as “laptop”; to tell keys apart later." error={error}>
            {(ties) => (
              <input {...ties} value={label} maxLength={80} onChange={(event) => setLabel(event.target.value)} />
            )}
          </Field>
          <button type="submit" className="primary" disabled={isIssuing}>
            Issue the key
          </button>
        </form>
      ) : (
        <>
          <p>{words.people.keyOnce}</p>
          <p className={style.key}>
            <code>{key}</code> <CopyButton text={key} what="the key" />
          </p>
          <p>
            It signs in at {location.origin}/console/, and programs send it as <code>Authorization: Bearer</code>.
          </p>
        </>
      )}
    </Dialog>
  )
}
