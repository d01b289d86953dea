import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useBusiness } from '../../app/business.ts'
import { useMay, useSession } from '../../app/session.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { dayIn, momentText } from '../../parts/moments.ts'
import { PhoneNumber } from '../../parts/phone-number.tsx'
import { sayError } from '../../parts/say.ts'
import { When } from '../../parts/when.tsx'
import { useChange, useDeliverAgain, useReveal } from './messages-api.ts'
import style from './messages.module.css'
import { Recording } from './recording.tsx'
import { callerOf, DELIVERY_TONES, deliveryText, KINDS, type Message } from './messages-words.ts'

const isMasked = ({ callerNumber, text }: Message): boolean => `${callerNumber ?? ''}${text}`.includes('•')

const Assign = ({ message, people }: { message: Message; people: readonly string[] }) => {
  const { data } = useSession()
  const change = useChange(data?.name ?? '')
  const [isAsking, setIsAsking] = useState(false)
  const [name, setName] = useState('')
  const { assignedTo } = message
  const choices = [...new Set([...(data ? [data.name] : []), ...people, ...(assignedTo ? [assignedTo] : [])])]
  const choose = (to: string) => {
    if (to === '+') setIsAsking(true)
    else change.mutate({ message, change: { assignedTo: to || null } })
  }
  return (
    <>
      <label className={style.assign}>
        Assigned to
        <select value={assignedTo ?? ''} onChange={(event) => choose(event.target.value)}>
          <option value="">nobody yet</option>
          {choices.map((each) => (
            <option key={each} value={each}>
              {each === data?.name ? `${each} (me)` : each}
            </option>
          ))}
          <option value="+">somebody else…</option>
        </select>
      </label>
      <Confirm
        title={`Who sees to ${callerOf(message)}'s message?`}
        isOpen={isAsking}
        action="Assign"
        onClose={() => setIsAsking(false)}
        onConfirm={() => change.mutateAsync({ message, change: { assignedTo: name.trim() || null } })}
      >
        <label>
          Name <input value={name} maxLength={80} onChange={(event) => setName(event.target.value)} />
        </label>
      </Confirm>
    </>
  )
}

const Actions = ({ message, people }: { message: Message; people: readonly string[] }) => {
  const { data } = useSession()
  const change = useChange(data?.name ?? '')
  const again = useDeliverAgain()
  const reveal = useReveal()
  const [, navigate] = useLocation()
  const { id, doneAt, callerNumber, deliveries } = message
  const callBack = async () => {
    // The form of a call wants the whole number, which the list does not have.
    const { callerNumber: number } = isMasked(message) ? await reveal(id) : message
    navigate('/outbound', { state: { to: number, callerName: message.callerName } })
  }
  return (
    <div className={style.actions}>
      <button
        type="button"
        className={doneAt ? undefined : 'primary'}
        onClick={() => change.mutate({ message, change: { done: !doneAt } })}
      >
        {doneAt ? 'Undo' : 'Done'}
      </button>
      {callerNumber ? (
        <button type="button" onClick={() => void callBack().catch(sayError)}>
          Have them called back…
        </button>
      ) : null}
      <Assign message={message} people={people} />
      {deliveries.some(({ state }) => state === 'given_up' || state === 'retrying') ? (
        <button type="button" disabled={again.isPending} onClick={() => again.mutate(id)}>
          Send again
        </button>
      ) : null}
    </div>
  )
}

/** A message with all that can be done about it. */
export const MessageItem = ({ message, people }: { message: Message; people: readonly string[] }) => {
  const mayAct = useMay('operator')
  const reveal = useReveal()
  const { zone } = useBusiness()
  const { callId, callerNumber, callerExtension, recipient, text, urgency, kind, createdAt, doneAt, doneBy } = message
  // Of the same day the time is enough.
  const at = (moment: string) =>
    momentText(moment, dayIn(zone, moment) === dayIn(zone, createdAt) ? 'time' : 'both', zone)
  return (
    <article className={`${style.message} ${doneAt ? style.done : ''}`}>
      <header>
        {urgency === 'urgent' ? <Badge tone="bad">urgent</Badge> : null}
        <h2>{callerOf(message)}</h2>
        <PhoneNumber number={callerNumber} />
        {callerExtension ? <span>ext. {callerExtension}</span> : null}
        {mayAct && isMasked(message) ? (
          <button type="button" className="link" onClick={() => void reveal(message.id).catch(sayError)}>
            reveal<span className="unseen"> the number of {callerOf(message)}</span>
          </button>
        ) : null}
        {recipient ? <span>for {recipient}</span> : null}
        {KINDS[kind] ? <span className={style.kind}>{KINDS[kind]}</span> : null}
        <span className={style.when}>
          <When at={createdAt} />
        </span>
      </header>
      {text ? <p className={style.text}>{text}</p> : null}
      {message.recordingUrl ? (
        <div className={style.recording}>
          {mayAct ? (
            <Recording id={message.id} />
          ) : (
            <span className={style.quiet}>Recorded; operators can play it.</span>
          )}
        </div>
      ) : null}
      <ul className={style.facts}>
        {message.deliveries.map((delivery) => (
          <li key={delivery.destination}>
            <Badge tone={DELIVERY_TONES[delivery.state]}>{deliveryText(delivery, at)}</Badge>
          </li>
        ))}
        {message.calledBack ? (
          <li>
            <Link href={`/calls/${message.calledBack.callId}`}>
              called back {at(message.calledBack.requestedAt)}: {message.calledBack.state}
            </Link>
          </li>
        ) : null}
        {doneAt ? (
          <li className={style.quiet}>
            done by {doneBy} <When at={doneAt} />
          </li>
        ) : null}
        <li>
          <Link href={`/calls/${callId}`}>from this call</Link>
        </li>
      </ul>
      {mayAct ? <Actions message={message} people={people} /> : null}
    </article>
  )
}
