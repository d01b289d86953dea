import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { api, ApiError } from '../../api/client.ts'
import { SESSION_KEY } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import formStyle from '../../parts/form/form.module.css'
import { say } from '../../parts/say.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { FindingsList } from './findings-list.tsx'
import { findingsOf, useDraft } from './use-draft.tsx'

/** What will change for callers, in words, with a note for those who read the versions. */
export const PublishDialog = ({
  isOpen,
  onClose,
  onDone,
}: {
  isOpen: boolean
  onClose: () => void
  onDone?: () => void
}) => {
  const { store, state } = useDraft()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const [isOver, setIsOver] = useState<boolean>()
  const id = useId()
  const { data, error } = useQuery({
    queryKey: ['settings', 'diff', state.draft?.revision],
    queryFn: async () => (await api.GET('/settings/diff')).data!.changes,
    enabled: isOpen && state.draft !== undefined,
  })
  // What is different from the example tells nobody anything.
  const isFirst = state.inForce?.isExample === true
  const errors = findingsOf(state).filter(({ severity }) => severity === 'error').length
  const publish = async () => {
    await store.flush()
    if (store.state().saving === 'failed') throw store.state().problem
    try {
      const { data: version } = await api.POST('/settings/publish', {
        body: { ...(note.trim() === '' ? {} : { note: note.trim() }), ...(isOver ? { over: true } : {}) },
      })
      setNote('')
      await store.reopen()
      // First the zone, or the others ask for days of the one before.
      await queries.invalidateQueries({ queryKey: SESSION_KEY })
      void queries.invalidateQueries()
      say(
        `Version ${version && 'version' in version ? version.version : ''} is published. It counts from the next call.`,
      )
      onDone?.()
    } catch (problem) {
      if (problem instanceof ApiError && problem.code === 'settings_conflict') setIsOver(false)
      throw problem
    }
  }
  return (
    <Confirm title="Publish for callers" action="Publish" isOpen={isOpen} onClose={onClose} onConfirm={publish}>
      <div className={style.section}>
        {error ? <Failed error={error} /> : null}
        {data ? (
          <>
            {isFirst ? (
              <p>Callers hear your business from then on, in place of the example that answers now.</p>
            ) : (
              <>
                <p>
                  {data.length === 0 ? 'Nothing is different from what callers hear now.' : 'This will be different:'}
                </p>
                <ul className={style.changes}>
                  {data.map(({ path, sentence }) => (
                    <li key={path + sentence}>{sentence}</li>
                  ))}
                </ul>
              </>
            )}
          </>
        ) : error ? null : (
          <Reading />
        )}
        {errors > 0 ? <p className={style.bad}>This cannot be published yet:</p> : null}
        <FindingsList onGo={onClose} />
        <label htmlFor={id}>A note for those who read the versions (may stay empty)</label>
        <input
          id={id}
          value={note}
          maxLength={500}
          placeholder="New opening hours"
          onChange={({ target }) => setNote(target.value)}
        />
        {isOver === undefined ? null : (
          <label className={formStyle.check}>
            <input type="checkbox" checked={isOver} onChange={({ target }) => setIsOver(target.checked)} /> Publish it
            over the other version
          </label>
        )}
        <p className={style.quiet}>Calls that are up go on as they are. It counts from the next call.</p>
      </div>
    </Confirm>
  )
}
