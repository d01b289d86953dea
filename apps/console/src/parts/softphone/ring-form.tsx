import type { Persons, RingChoices } from '@llc-phone/virtual-carrier/line-protocol'
import { Keyboard, Phone } from 'lucide-react'
import { useState, type SubmitEvent } from 'react'
import { useMay } from '../../app/session.ts'
import { assistantName } from '../assistant-name.ts'
import type { RingOrder } from './call-state.ts'
import type { SoftphoneWish } from './open.ts'
import { PersonsChoice } from './persons-choice.tsx'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { costSentence, NO_VOICE, SAFE_SENTENCE } from './softphone-words.ts'

const PUBLISHED = 'published'

/** The person's choices as an order; the settings in force and a withheld number are what is meant when nothing is said. */
const orderOf = (ring: string, settings: string, as: string, persons: Persons): RingOrder => ({
  ring,
  persons,
  ...(settings === PUBLISHED ? {} : { settings: settings === 'draft' ? settings : Number(settings) }),
  ...(as.trim() === '' ? {} : { as: as.trim() }),
})

const Ring = (props: {
  choices: RingChoices
  wished: string | undefined
  value: string
  change: (to: string) => void
}) => {
  const { instances, numbers } = props.choices
  const { wished } = props
  const isOther =
    wished !== undefined && !instances.includes(wished) && !numbers.some(({ number }) => number === wished)
  return (
    <label>
      Ring
      <select value={props.value} onChange={({ target }) => props.change(target.value)}>
        {isOther ? <option value={wished}>{assistantName(wished)}</option> : null}
        <optgroup label="Assistants">
          {instances.map((name) => (
            <option key={name} value={name}>
              {assistantName(name)}
            </option>
          ))}
        </optgroup>
        {numbers.length > 0 ? (
          <optgroup label="Numbers">
            {numbers.map(({ number, instance }) => (
              <option key={number} value={number}>
                {number} · {assistantName(instance)}
              </option>
            ))}
          </optgroup>
        ) : null}
      </select>
    </label>
  )
}

/** What to ring, as whom, with which settings; and the two buttons that ring it. */
export const RingForm = ({ choices, wish }: { choices: RingChoices; wish: SoftphoneWish }) => {
  const [ring, setRing] = useState(wish.ring ?? choices.instances[0] ?? choices.numbers[0]?.number ?? '')
  const [settings, setSettings] = useState(String(wish.settings ?? PUBLISHED))
  const [as, setAs] = useState(wish.as ?? '')
  const [persons, setPersons] = useState<Persons>(wish.persons ?? 'answers')
  const mayChooseCaller = useMay('manager')
  const version = typeof wish.settings === 'number' ? wish.settings : undefined
  const order = orderOf(ring, settings, as, persons)
  return (
    <form
      className={style.panel}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault()
        void phone.ring(order, true)
      }}
    >
      <div className={style.form}>
        <Ring choices={choices} wished={wish.ring} value={ring} change={setRing} />
        {choices.hasDraft || wish.settings !== undefined ? (
          <label>
            Settings
            <select value={settings} onChange={({ target }) => setSettings(target.value)}>
              <option value={PUBLISHED}>as published</option>
              {choices.hasDraft || wish.settings === 'draft' ? <option value="draft">the draft</option> : null}
              {version === undefined ? null : <option value={version}>version {version}</option>}
            </select>
          </label>
        ) : null}
        {mayChooseCaller ? (
          <label>
            Calling as
            <input
              type="tel"
              value={as}
              placeholder="withheld, or +14155550120"
              autoComplete="off"
              onChange={({ target }) => setAs(target.value)}
            />
          </label>
        ) : null}
      </div>
      <PersonsChoice value={persons} change={setPersons} />
      <div className={style.row}>
        <button type="submit" className={`primary ${style.call}`} disabled={ring === ''}>
          <Phone aria-hidden="true" size={18} /> Call
        </button>
        <button type="button" disabled={ring === ''} onClick={() => void phone.ring(order, false)}>
          <Keyboard aria-hidden="true" size={18} /> Call and type
        </button>
      </div>
      {choices.canSpeak ? null : <p className={style.quiet}>{NO_VOICE}</p>}
      <p className={style.quiet}>
        {costSentence(choices.model)} {SAFE_SENTENCE}
      </p>
    </form>
  )
}
