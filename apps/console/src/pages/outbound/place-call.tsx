import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Link, useLocation } from 'wouter'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'
import { useMay } from '../../app/session.ts'
import { Banner } from '../../parts/banner.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { say } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { contextOf, fieldsOf, type ContextField } from './context-fields.ts'
import style from './outbound.module.css'
import { gateText, OPENS, type Verdict } from './outbound-words.ts'

type Offer = components['schemas']['OutboundOffer']

/** What another page begins a call with, as the state of the address. */
export interface CallWish {
  readonly to?: string
  readonly callerName?: string
  readonly mode?: string
  readonly scenario?: string
}

const Control = (props: { field: ContextField; value: string; onChange: (value: string) => void }) => {
  const { field, value, onChange } = props
  const { kind, title, isRequired, choices } = field
  const help =
    kind === 'lines' ? 'One a line.' : kind === 'json' ? 'As JSON.' : isRequired ? undefined : 'May be left empty.'
  return (
    <Field label={title} help={help}>
      {(ties) => {
        const all = { ...ties, value, required: isRequired }
        if (kind === 'lines' || kind === 'json')
          return <textarea {...all} rows={3} onChange={(event) => onChange(event.target.value)} />
        if (kind === 'choice' || kind === 'yesNo')
          return (
            <select {...all} onChange={(event) => onChange(event.target.value)}>
              <option value="">choose…</option>
              {(kind === 'yesNo' ? ['true', 'false'] : choices).map((choice) => (
                <option key={choice} value={choice}>
                  {kind === 'yesNo' ? (choice === 'true' ? 'yes' : 'no') : choice}
                </option>
              ))}
            </select>
          )
        return <input {...all} type={kind} autoComplete="off" onChange={(event) => onChange(event.target.value)} />
      }}
    </Field>
  )
}

const Closed = ({ verdict }: { verdict: Verdict }) => (
  <Banner tone="warn">
    <p>
      <strong>The gate “{gateText(verdict.gate!)}” is closed.</strong> {verdict.message}
      {verdict.until ? (
        <>
          {' '}
          Until <When at={verdict.until} />.
        </>
      ) : null}
    </p>
    <p>{OPENS[verdict.gate!]}</p>
  </Banner>
)

const Form = ({ offer }: { offer: Offer }) => {
  const [, navigate] = useLocation()
  const client = useQueryClient()
  const wish = (history.state ?? {}) as CallWish
  const [to, setTo] = useState(wish.to ?? '')
  const [mode, setMode] = useState(
    offer.modes.find(({ name }) => name === wish.mode)?.name ?? offer.default ?? offer.modes[0]?.name ?? '',
  )
  const scenarios = offer.modes.find(({ name }) => name === mode)?.scenarios ?? []
  const usual = wish.scenario ?? (wish.to ? 'callback' : undefined)
  const [scenario, setScenario] = useState((scenarios.find(({ name }) => name === usual) ?? scenarios[0])?.name ?? '')
  const [written, setWritten] = useState<Record<string, string>>({})
  const [callerName, setCallerName] = useState(wish.callerName ?? '')
  const [verdict, setVerdict] = useState<Verdict>()
  const [failure, setFailure] = useState<unknown>()
  const [isAsking, setIsAsking] = useState(false)
  // The same key for the same question: a second press does not ring twice.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const fields = fieldsOf(scenarios.find(({ name }) => name === scenario)?.context)
  const body = () => {
    const context = contextOf(fields, written)
    return {
      to: to.trim(),
      mode,
      scenario,
      ...(Object.keys(context).length > 0 ? { context } : {}),
      ...(callerName.trim() ? { callerName: callerName.trim() } : {}),
    }
  }
  const check = async (event: FormEvent) => {
    event.preventDefault()
    setFailure(undefined)
    setVerdict(undefined)
    try {
      const { data } = await api.POST('/outbound-call/check', { body: body() })
      setVerdict(data)
      setKey(crypto.randomUUID())
      if (data!.isOpen) setIsAsking(true)
    } catch (error) {
      setFailure(error)
    }
  }
  const place = async () => {
    const { data } = await api.POST('/outbound-call', { body: body(), headers: { 'idempotency-key': key } })
    say(`The call is ${data!.state}.`)
    await client.invalidateQueries({ queryKey: ['outbound'] })
    navigate('/outbound/calls')
  }
  return (
    <>
      <form className={style.form} onSubmit={(event) => void check(event)}>
        <Field label="Number" help="With country code, like +14155550120; an extension behind it, like ext. 22.">
          {(ties) => (
            <input
              {...ties}
              type="tel"
              required
              autoComplete="off"
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          )}
        </Field>
        <Field label="Who is called" help="The assistant asks for them by this name. May be left empty.">
          {(ties) => (
            <input
              {...ties}
              maxLength={60}
              autoComplete="off"
              value={callerName}
              onChange={(event) => setCallerName(event.target.value)}
            />
          )}
        </Field>
        {offer.modes.length > 1 ? (
          <Field label="Calls as">
            {(ties) => (
              <select {...ties} value={mode} onChange={(event) => setMode(event.target.value)}>
                {offer.modes.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            )}
          </Field>
        ) : null}
        <Field label="What for">
          {(ties) => (
            <select {...ties} value={scenario} onChange={(event) => setScenario(event.target.value)}>
              {scenarios.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        {fields.map((field) => (
          <Control
            key={`${scenario} ${field.name}`}
            field={field}
            value={written[field.name] ?? ''}
            onChange={(value) => setWritten({ ...written, [field.name]: value })}
          />
        ))}
        {failure === undefined ? null : <Failed error={failure} stillWorks="Nobody was called." />}
        {verdict && !verdict.isOpen ? <Closed verdict={verdict} /> : null}
        <button type="submit" className="primary">
          Check, then call…
        </button>
      </form>
      <Confirm
        title={`Call ${verdict?.to ?? ''} now?`}
        isOpen={isAsking}
        action={`Call ${verdict?.to ?? ''}`}
        onClose={() => setIsAsking(false)}
        onConfirm={place}
      >
        <p>
          It rings at once, from {verdict?.from}, as “{verdict?.scenario}”. Every gate that can be asked before is open;
          how often and for how much may be called is counted when it is placed.
        </p>
      </Confirm>
    </>
  )
}

/** Has the assistant call somebody: the gates answer before anything rings. */
export const PlaceCall = () => {
  const maySetUp = useMay('manager')
  const { data, error, refetch } = useQuery({
    queryKey: ['outbound', 'offer'],
    queryFn: async () => (await api.GET('/outbound')).data!,
  })
  if (error) return <Failed error={error} retry={refetch} />
  if (!data) return <Reading />
  if (!data.isOn)
    return (
      <Empty>
        This gateway calls nobody: the settings have no outbound calls.{' '}
        {maySetUp ? <Link href="/business/outbound">Set them up</Link> : 'A manager can set them up.'}
      </Empty>
    )
  return <Form offer={data} />
}
