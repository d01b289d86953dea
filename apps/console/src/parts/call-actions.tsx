import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api } from '../api/client.ts'
import { useMay } from '../app/session.ts'
import style from './call-actions.module.css'
import { Confirm } from './dialog.tsx'
import { Field } from './field.tsx'
import { listenIn, type Listening } from './listen-in.ts'
import { errorText, say } from './say.ts'

const MAX_NOTE_LENGTH = 500

/** What a question about a live call is asked with. */
interface Asked {
  readonly callId: string
  readonly who: string
  readonly onClose: () => void
}

const NoteDialog = ({ callId, who, onClose }: Asked) => {
  const [text, setText] = useState('')
  const [now, setNow] = useState(false)
  return (
    <Confirm
      title={`Tell the assistant of the call with ${who}`}
      isOpen
      action="Tell it"
      onClose={onClose}
      onConfirm={async () => {
        await api.POST('/calls/{id}/note', { params: { path: { id: callId } }, body: { text, now } })
        say('The assistant was told.')
      }}
    >
      <Field
        label="What it should know or do"
        help="The caller does not hear this; it stands in the call, with your name."
      >
        {(ties) => (
          <textarea
            {...ties}
            required
            rows={3}
            maxLength={MAX_NOTE_LENGTH}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <label className={style.check}>
        <input type="checkbox" checked={now} onChange={(event) => setNow(event.target.checked)} />
        <span>It should say something about it at once</span>
      </label>
    </Confirm>
  )
}

const TransferDialog = ({ callId, who, onClose }: Asked) => {
  const { data, error } = useQuery({
    queryKey: ['calls', callId, 'routes'],
    queryFn: async () => (await api.GET('/calls/{id}/routes', { params: { path: { id: callId } } })).data!,
  })
  const [chosen, setChosen] = useState('')
  const [ask, setAsk] = useState(true)
  const routes = data?.routes ?? []
  const route = routes.find((each) => each.route === chosen) ?? routes[0]
  return (
    <Confirm
      title={`Transfer ${who}`}
      isOpen
      action={route ? `Transfer to ${route.label}` : 'Transfer'}
      onClose={onClose}
      onConfirm={async () => {
        if (!route) throw new Error('This assistant has nowhere to transfer to.')
        await api.POST('/calls/{id}/transfer', {
          params: { path: { id: callId } },
          body: { route: route.route, ...(route.kind === 'person' ? { ask } : {}) },
        })
        say('The assistant tells the caller; what becomes of it stands in the call.')
      }}
    >
      {error ? <p role="alert">{errorText(error)}</p> : null}
      {data && routes.length === 0 ? (
        <p>This assistant has nowhere to transfer to.</p>
      ) : (
        <Field label="To">
          {(ties) => (
            <select {...ties} value={route?.route ?? ''} onChange={(event) => setChosen(event.target.value)}>
              {routes.map((each) => (
                <option key={each.route} value={each.route}>
                  {each.label}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {route?.kind === 'person' ? (
        <label className={style.check}>
          <input type="checkbox" checked={ask} onChange={(event) => setAsk(event.target.checked)} />
          <span>Ask them first; the caller stays with the assistant meanwhile</span>
        </label>
      ) : null}
    </Confirm>
  )
}

const HangUpDialog = ({ callId, who, onClose }: Asked) => (
  <Confirm
    title={`Hang up on ${who}?`}
    isOpen
    action="Hang up"
    isDanger
    onClose={onClose}
    onConfirm={async () => {
      await api.POST('/calls/{id}/hangup', { params: { path: { id: callId } } })
      say('The call is being ended.')
    }}
  >
    <p>The call ends at once. That cannot be undone.</p>
  </Confirm>
)

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
const Listen = ({ callId }: { callId: string }) => {
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
      <button type="button" aria-pressed={isOn} onClick={toggle}>
        {isOn ? 'Stop listening' : 'Listen in'}
      </button>
      {now?.state === 'listening' ? <Levels caller={now.caller} assistant={now.assistant} /> : null}
      <output>{now?.state === 'connecting' ? 'Connecting…' : now?.state === 'ended' ? now.why : ''}</output>
    </>
  )
}

const DIALOGS = { note: NoteDialog, transfer: TransferDialog, hangUp: HangUpDialog } as const

/**
 * What somebody can do in a live call: listen in, tell the assistant something, transfer, hang up. `who` names the caller as the
 * page does. Each is only there for who may do it; the last three ask once.
 */
export const CallActions = ({ callId, who }: { callId: string; who: string }) => {
  const [open, setOpen] = useState<keyof typeof DIALOGS>()
  const mayAct = useMay('operator')
  const mayListen = useMay('owner')
  if (!mayAct) return null
  const Asking = open && DIALOGS[open]
  return (
    <div className={style.actions}>
      {mayListen ? <Listen key={callId} callId={callId} /> : null}
      <button type="button" onClick={() => setOpen('note')}>
        Tell the assistant…
      </button>
      <button type="button" onClick={() => setOpen('transfer')}>
        Transfer…
      </button>
      <button type="button" className="danger" onClick={() => setOpen('hangUp')}>
        Hang up…
      </button>
      {Asking ? <Asking callId={callId} who={who} onClose={() => setOpen(undefined)} /> : null}
    </div>
  )
}
