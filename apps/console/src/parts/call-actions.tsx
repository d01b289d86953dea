import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { api } from '../api/client.ts'
import { useMay } from '../app/session.ts'
import style from './call-actions.module.css'
import { Dialog } from './dialog.tsx'
import { listenIn, type Listening } from './listen-in.ts'
import { errorText, say } from './say.ts'

const MAX_NOTE_LENGTH = 500

/** A form above the page that stays open when it fails. */
const Ask = (props: {
  title: string
  action: string
  onDo: () => Promise<void>
  onClose: () => void
  children: ReactNode
}) => {
  const [failure, setFailure] = useState<unknown>()
  const [isDoing, setIsDoing] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setIsDoing(true)
    try {
      await props.onDo()
      props.onClose()
    } catch (error) {
      setFailure(error)
    } finally {
      setIsDoing(false)
    }
  }
  return (
    <Dialog title={props.title} isOpen onClose={props.onClose}>
      <form className={style.form} onSubmit={(event) => void submit(event)}>
        {props.children}
        {failure === undefined ? null : (
          <p role="alert" className={style.failure}>
            {errorText(failure)}
          </p>
        )}
        <div className={style.buttons}>
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" className="primary" disabled={isDoing}>
            {props.action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const NoteDialog = ({ callId, who, onClose }: { callId: string; who: string; onClose: () => void }) => {
  const [text, setText] = useState('')
  const [now, setNow] = useState(false)
  return (
    <Ask
      title={`Tell the assistant of the call with ${who}`}
      action="Tell it"
      onClose={onClose}
      onDo={async () => {
        await api.POST('/calls/{id}/note', { params: { path: { id: callId } }, body: { text, now } })
        say('The assistant was told.')
      }}
    >
      <label>
        <span>What it should know or do; the caller does not hear this</span>
        <textarea
          required
          rows={3}
          maxLength={MAX_NOTE_LENGTH}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label className={style.check}>
        <input type="checkbox" checked={now} onChange={(event) => setNow(event.target.checked)} />
        <span>It should say something about it at once</span>
      </label>
    </Ask>
  )
}

const TransferDialog = ({ callId, who, onClose }: { callId: string; who: string; onClose: () => void }) => {
  const { data, error } = useQuery({
    queryKey: ['calls', callId, 'routes'],
    queryFn: async () => (await api.GET('/calls/{id}/routes', { params: { path: { id: callId } } })).data!,
  })
  const [chosen, setChosen] = useState('')
  const [ask, setAsk] = useState(true)
  const routes = data?.routes ?? []
  const route = routes.find((each) => each.route === chosen) ?? routes[0]
  return (
    <Ask
      title={`Transfer ${who}`}
      action={route ? `Transfer to ${route.label}` : 'Transfer'}
      onClose={onClose}
      onDo={async () => {
        if (!route) throw new Error('This assistant has nowhere to transfer to.')
        await api.POST('/calls/{id}/transfer', {
          params: { path: { id: callId } },
          body: { route: route.route, ...(route.kind === 'person' ? { ask } : {}) },
        })
        say('The assistant tells the caller; what becomes of it stands in the call.')
      }}
    >
      {error ? <p role="alert">{errorText(error)}</p> : null}
      <label>
        <span>To</span>
        <select value={route?.route ?? ''} onChange={(event) => setChosen(event.target.value)}>
          {routes.map((each) => (
            <option key={each.route} value={each.route}>
              {each.label}
            </option>
          ))}
        </select>
      </label>
      {route?.kind === 'person' ? (
        <label className={style.check}>
          <input type="checkbox" checked={ask} onChange={(event) => setAsk(event.target.checked)} />
          <span>Ask them first; the caller stays with the assistant meanwhile</span>
        </label>
      ) : null}
    </Ask>
  )
}

/** What is heard of whom while somebody listens; the figures change too often to be read out. */
const Levels = ({ caller, assistant }: { caller: number; assistant: number }) => (
  <span className={style.levels} aria-hidden="true">
    <span>
      caller <meter min={0} max={1} value={caller} />
    </span>
    <span>
      assistant <meter min={0} max={1} value={assistant} />
    </span>
  </span>
)

/** Listening in, which begins by a click and asks nothing more: it changes nothing, and the call says who listens. */
const Listen = ({ callId, isDisabled }: { callId: string; isDisabled: boolean }) => {
  const [now, setNow] = useState<Listening>()
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])
  const isOn = now !== undefined && now.state !== 'ended'
  const toggle = () => {
    if (isOn) return stop.current?.()
    stop.current = listenIn(callId, setNow)
  }
  return (
    <>
      <button type="button" aria-pressed={isOn} disabled={isDisabled && !isOn} onClick={toggle}>
        {isOn ? 'Stop listening' : 'Listen in'}
      </button>
      {now?.state === 'listening' ? <Levels caller={now.caller} assistant={now.assistant} /> : null}
      <output>{now?.state === 'connecting' ? 'Connecting…' : now?.state === 'ended' ? now.why : ''}</output>
    </>
  )
}

/**
 * What somebody can do in a live call: listen in, tell the assistant something, transfer. `who` names the caller as the page
 * does. Each is only there for who may do it; `isOver` disables it.
 */
export const CallActions = ({ callId, who, isOver = false }: { callId: string; who: string; isOver?: boolean }) => {
  const [open, setOpen] = useState<'note' | 'transfer'>()
  const mayAct = useMay('operator')
  const mayListen = useMay('owner')
  if (!mayAct) return null
  const reason = isOver ? 'The call is over.' : undefined
  const close = () => setOpen(undefined)
  return (
    <div className={style.actions}>
      {mayListen ? <Listen key={callId} callId={callId} isDisabled={isOver} /> : null}
      <button type="button" disabled={isOver} title={reason} onClick={() => setOpen('note')}>
        Tell the assistant…
      </button>
      <button type="button" disabled={isOver} title={reason} onClick={() => setOpen('transfer')}>
        Transfer…
      </button>
      {open === 'note' ? <NoteDialog callId={callId} who={who} onClose={close} /> : null}
      {open === 'transfer' ? <TransferDialog callId={callId} who={who} onClose={close} /> : null}
    </div>
  )
}
