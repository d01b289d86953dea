import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useSession } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { useForm } from '../../parts/form/host.ts'
import { valueAt } from '../../parts/form/values.ts'
import { momentText } from '../../parts/moments.ts'
import { errorText, say } from '../../parts/say.ts'
import { openSoftphone } from '../../parts/softphone/open.ts'
import style from './business.module.css'
import { FindingsList } from './findings-list.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { findingsOf, useDraft } from './use-draft.tsx'

/** The assistant that answers where nothing else is said: it is the one that is tried. */
const ringOf = (document: unknown): { ring?: string } => {
  const name = valueAt(document, ['numbers', 'unknown'])
  return typeof name === 'string' ? { ring: name } : {}
}

/** Rings the draft as it is on screen. */
export const TryDraft = ({ ring }: { ring?: string }) => {
  const { store, state } = useDraft()
  const errors = findingsOf(state).some(({ severity }) => severity === 'error')
  return (
    <button
      type="button"
      disabled={errors}
      title={errors ? 'Mend what must be mended first' : undefined}
      onClick={() => {
        void store.flush().then(() => {
          const { draft, document } = store.state()
          openSoftphone({ ...ringOf(document), ...(ring ? { ring } : {}), ...(draft ? { settings: 'draft' } : {}) })
        })
      }}
    >
      {state.draft ? 'Try the draft ☎' : 'Try it ☎'}
    </button>
  )
}

/** What the draft is, who is at it, and what can be done with it; `ring` is what is tried. */
export const DraftBar = ({ ring }: { ring?: string }) => {
  const { store, state } = useDraft()
  const form = useForm()
  const { data: me } = useSession()
  const [asks, setAsks] = useState<'publish' | 'discard'>()
  const [isListOpen, setIsListOpen] = useState(false)
  const { draft, saving, problem } = state
  const { data: changes } = useQuery({
    queryKey: ['settings', 'diff', draft?.revision],
    queryFn: async () => (await api.GET('/settings/diff')).data!.changes,
    enabled: draft !== undefined,
  })
  const findings = findingsOf(state)
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const zone = form.choices.timeZone
  const time = (moment: string) => {
    try {
      return momentText(moment, 'time', zone ?? 'UTC')
    } catch {
      return momentText(moment, 'time', 'UTC')
    }
  }
  const others = draft?.editors.filter(({ name }) => name !== me?.name) ?? []
  const said = draft
    ? `Draft · ${changes === undefined ? '…' : changes.length === 1 ? '1 change' : `${changes.length} changes`}`
    : 'Callers hear what stands here'
  return (
    <>
      {isListOpen ? <FindingsList onGo={() => setIsListOpen(false)} /> : null}
      <div className={style.bar}>
        <div className={style.state}>
          <strong>{said}</strong>{' '}
          <output className={style.quiet}>
            {saving === 'failed' ? (
              <span className={style.bad}>not saved: {errorText(problem)}</span>
            ) : saving === 'saved' ? (
              draft ? (
                `saved ${time(draft.updatedAt)}`
              ) : null
            ) : (
              'saving…'
            )}
          </output>
          {others.map(({ name, since }) => (
            <span key={name} className={style.warn}>
              {' '}
              · {name} is editing since {time(since)}
            </span>
          ))}
        </div>
        {findings.length > 0 ? (
          <button type="button" aria-expanded={isListOpen} onClick={() => setIsListOpen(!isListOpen)}>
            {errors > 0 ? <span className={style.bad}>✖ {errors} to mend</span> : null}
            {errors > 0 && findings.length > errors ? ' · ' : ''}
            {findings.length > errors ? (
              <span className={style.warn}>▲ {findings.length - errors} worth a look</span>
            ) : null}
          </button>
        ) : null}
        {saving === 'failed' ? (
          <button type="button" onClick={() => void store.flush()}>
            Save again
          </button>
        ) : null}
        <TryDraft {...(ring ? { ring } : {})} />
        {form.isReadOnly ? null : (
          <>
            {state.canUndo ? (
              <button type="button" onClick={store.undo}>
                Undo
              </button>
            ) : null}
            {draft ? (
              <>
                <button type="button" onClick={() => setAsks('discard')}>
                  Discard
                </button>
                <button
                  type="button"
                  className="primary"
                  onClick={() => void store.flush().then(() => setAsks('publish'))}
                >
                  Publish…
                </button>
              </>
            ) : null}
          </>
        )}
      </div>
      <PublishDialog isOpen={asks === 'publish'} onClose={() => setAsks(undefined)} />
      <Confirm
        title="Discard the draft"
        action="Discard"
        isDanger
        isOpen={asks === 'discard'}
        onClose={() => setAsks(undefined)}
        onConfirm={async () => {
          await store.discard()
          say('The draft is discarded. Callers hear what they heard before.')
        }}
      >
        <p>
          Everything changed since the last publication is lost
          {others.length > 0 ? `, also what ${others.map(({ name }) => name).join(' and ')} changed` : ''}.
        </p>
      </Confirm>
    </>
  )
}
