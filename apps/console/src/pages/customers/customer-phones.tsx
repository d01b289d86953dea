import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Panel } from '../../parts/panel.tsx'
import { sayError } from '../../parts/say.ts'
import { ForgetCaller } from '../callers/forget-caller.tsx'
import { useDeed, useReveal, type CustomerFile } from './customers-api.ts'
import style from './customers.module.css'

/** The telephones of a customer: another one, taking one off, deleting all that is kept of one. */
export const Phones = ({ customer, mayChange }: { customer: CustomerFile; mayChange: boolean }) => {
  const [phone, setPhone] = useState('')
  const [forgetting, setForgetting] = useState<string>()
  const [removing, setRemoving] = useState<string>()
  const mayForget = useMay('manager')
  const { id } = customer
  const reveal = useReveal(id)
  const isMasked = customer.phones.some((each) => each.includes('•'))
  /** The telephone of a line: what is done with it needs the whole one. */
  const choose = async (index: number, set: (phone: string | undefined) => void) =>
    set((isMasked ? await reveal() : customer).phones[index])
  const add = useDeed(
    async (text: string) => api.POST('/customers/{id}/phones', { params: { path: { id } }, body: { phone: text } }),
    'The telephone is added.',
  )
  const remove = useDeed(
    async (text: string) => api.DELETE('/customers/{id}/phones/{phone}', { params: { path: { id, phone: text } } }),
    'The telephone is taken off.',
  )
  return (
    <Panel title="Telephones">
      {customer.phones.length === 0 ? <p className={style.quiet}>None on record: no call opens this record.</p> : null}
      <ul className={style.lines}>
        {customer.phones.map((each, index) => (
          <li key={each}>
            <span className={style.number}>{each}</span>
            {mayChange ? (
              <button type="button" onClick={() => void choose(index, setRemoving).catch(sayError)}>
                Take off<span className="unseen"> {each}</span>
              </button>
            ) : null}
            {mayForget ? (
              <button
                type="button"
                className="danger"
                onClick={() => void choose(index, setForgetting).catch(sayError)}
              >
                Delete this caller…
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayChange && isMasked ? (
        <button type="button" className="link" onClick={() => void reveal().catch(sayError)}>
          reveal<span className="unseen"> the telephones</span>
        </button>
      ) : null}
      {mayChange ? (
        <form
          className={style.inline}
          onSubmit={(event) => {
            event.preventDefault()
            void add.mutateAsync(phone.trim()).then(() => setPhone(''), sayError)
          }}
        >
          <input
            type="tel"
            aria-label="Another telephone"
            placeholder="+14155550100"
            required
            value={phone}
            onChange={(event) => setPhone(event.target.value)}
          />
          <button type="submit">Add</button>
        </form>
      ) : null}
      <Confirm
        title={`Take ${removing ?? ''} off this record?`}
        isOpen={removing !== undefined}
        action="Take it off"
        onClose={() => setRemoving(undefined)}
        onConfirm={() => remove.mutateAsync(removing!)}
      >
        <p>Calls from it do not open this record any more.</p>
      </Confirm>
      <ForgetCaller number={forgetting} onClose={() => setForgetting(undefined)} />
    </Panel>
  )
}
