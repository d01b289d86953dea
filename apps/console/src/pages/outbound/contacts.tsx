import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'
import { useMay } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Older } from '../../parts/older.tsx'
import { say, sayError } from '../../parts/say.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { When } from '../../parts/when.tsx'
import { ListImport } from './list-import.tsx'
import style from './outbound.module.css'

type Contact = components['schemas']['Contact']
type Consent = Contact['consents'][number]

const PAGE = 100

const isInForce = ({ revokedAt }: Consent): boolean => revokedAt === undefined

const ConsentText = ({ consent }: { consent: Consent }) => {
  const { purpose, source, givenAt, expiresAt, revokedAt } = consent
  return (
    <li>
      {purpose}, {source}, <When at={givenAt} form="day" />
      {revokedAt ? (
        <>
          , revoked <When at={revokedAt} form="day" />
        </>
      ) : expiresAt ? (
        <>
          , until <When at={expiresAt} form="day" />
        </>
      ) : null}
    </li>
  )
}

const Edit = ({ contact, onClose }: { contact: Contact | undefined; onClose: () => void }) => {
  const client = useQueryClient()
  const [number, setNumber] = useState(contact?.number ?? '')
  const [zone, setZone] = useState(contact?.timeZone ?? '')
  const [purpose, setPurpose] = useState('')
  const [source, setSource] = useState('')
  const [revoked, setRevoked] = useState<readonly string[]>([])
  const given = contact?.consents.filter(isInForce) ?? []
  const save = async () => {
    const others = given.filter((each) => each.purpose !== purpose && !revoked.includes(each.purpose))
    const kept = others.map(({ revokedAt: _revoked, ...consent }) => consent)
    const added = purpose ? [{ purpose: purpose as Consent['purpose'], source }] : []
    await api.PUT('/contacts/{number}', {
      params: { path: { number: number.replaceAll(/[\s().-]/g, '') } },
      body: { timeZone: zone || null, consents: [...kept, ...added] },
    })
    say('The contact is kept.')
    await client.invalidateQueries({ queryKey: ['outbound'] })
  }
  return (
    <Confirm
      title={contact ? `Change ${contact.number}` : 'Add a contact'}
      isOpen
      action="Save"
      onClose={onClose}
      onConfirm={save}
    >
      {contact ? null : (
        <Field label="Number" help="With country code, like +14155550120.">
          {(ties) => <input {...ties} type="tel" value={number} onChange={(event) => setNumber(event.target.value)} />}
        </Field>
      )}
      <Field
        label="Time zone"
        help="Like America/New_York. Without one, every zone the number may be in must be within the calling hours."
      >
        {(ties) => <input {...ties} value={zone} onChange={(event) => setZone(event.target.value.trim())} />}
      </Field>
      {given.map((each) => (
        <p key={each.purpose}>
          <label>
            <input
              type="checkbox"
              checked={revoked.includes(each.purpose)}
              onChange={(event) =>
                setRevoked(
                  event.target.checked ? [...revoked, each.purpose] : revoked.filter((one) => one !== each.purpose),
                )
              }
            />{' '}
            revoke the consent to {each.purpose} calls
          </label>
        </p>
      ))}
      <Field label="Add a consent to">
        {(ties) => (
          <select {...ties} value={purpose} onChange={(event) => setPurpose(event.target.value)}>
            <option value="">nothing</option>
            <option value="informational">informational calls</option>
            <option value="marketing">marketing calls</option>
          </select>
        )}
      </Field>
      {purpose ? (
        <Field label="Where it is on record" help="Like: form of 9 March.">
          {(ties) => (
            <input {...ties} maxLength={200} value={source} onChange={(event) => setSource(event.target.value)} />
          )}
        </Field>
      ) : null}
    </Confirm>
  )
}

/** People we may call: where they live, and what they have agreed to. */
export const Contacts = () => {
  const [search] = useSearchParams()
  const after = search.get('after') ?? undefined
  const mayEdit = useMay('operator')
  const mayRemove = useMay('manager')
  const client = useQueryClient()
  const [editing, setEditing] = useState<Contact | 'new'>()
  const [removing, setRemoving] = useState<string>()
  const [isWhole, setIsWhole] = useState(false)
  const pageOf = (whole: boolean) => ({
    queryKey: ['outbound', 'contacts', after, whole],
    queryFn: async () =>
      (
        await api.GET('/contacts', {
          params: {
            query: { limit: PAGE, ...(after ? { after } : {}), ...(whole ? { reveal: 'true' as const } : {}) },
          },
        })
      ).data!,
  })
  const { data, error, refetch } = useQuery({ ...pageOf(isWhole), placeholderData: keepPreviousData })
  const reveal = async () => {
    const page = await client.fetchQuery({ ...pageOf(true), staleTime: Infinity })
    setIsWhole(true)
    return page.contacts
  }
  /** What is done with a contact needs its whole number. */
  const choose = (contact: Contact, take: (whole: Contact) => void) => {
    if (isWhole) return take(contact)
    const index = data?.contacts.indexOf(contact) ?? -1
    reveal().then((whole) => whole[index] && take(whole[index]), sayError)
  }
  return (
    <>
      {mayEdit ? (
        <div className={style.inline}>
          <button type="button" className="primary" onClick={() => setEditing('new')}>
            Add a contact
          </button>
          <a href={`/contacts/export${mayRemove ? '?reveal=true' : ''}`} download>
            Export CSV
          </a>
          {isWhole ? null : (
            <button type="button" className="link" onClick={() => void reveal().catch(sayError)}>
              reveal the numbers
            </button>
          )}
        </div>
      ) : null}
      {mayEdit ? (
        <ListImport
          path="/contacts/import"
          columns="number, timeZone, purpose, source, givenAt, expiresAt, revokedAt"
          saidOf={({ contacts }: { contacts: number }) => `${contacts} contacts imported.`}
        />
      ) : null}
      {error ? <Failed error={error} retry={refetch} /> : null}
      {!data ? error ? null : <Reading /> : null}
      {data?.contacts.length === 0 ? <Empty>Nothing is known of anybody we may call.</Empty> : null}
      {data && data.contacts.length > 0 ? (
        <Table
          caption="Contacts"
          rows={data.contacts}
          rowKey={({ number }) => number}
          columns={[
            { title: 'Number', cell: ({ number }) => <span className={style.number}>{number}</span> },
            { title: 'Time zone', cell: ({ timeZone }) => timeZone ?? 'not known' },
            {
              title: 'Consents',
              cell: ({ consents }) =>
                consents.length === 0 ? (
                  'none'
                ) : (
                  <ul className={style.consents}>
                    {consents.map((consent) => (
                      <ConsentText key={consent.purpose} consent={consent} />
                    ))}
                  </ul>
                ),
            },
            {
              title: 'Do',
              cell: (contact) => (
                <span className={style.inline}>
                  {mayEdit ? (
                    <button type="button" onClick={() => choose(contact, setEditing)}>
                      Change…
                    </button>
                  ) : null}
                  {mayRemove ? (
                    <button
                      type="button"
                      className="danger"
                      onClick={() => choose(contact, ({ number }) => setRemoving(number))}
                    >
                      Forget…
                    </button>
                  ) : null}
                </span>
              ),
            },
          ]}
        />
      ) : null}
      <Older next={data?.next} title="More" />
      {editing ? (
        <Edit contact={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      ) : null}
      <Confirm
        title={`Forget ${removing ?? ''}?`}
        isOpen={removing !== undefined}
        action="Forget the contact"
        isDanger
        onClose={() => setRemoving(undefined)}
        onConfirm={async () => {
          await api.DELETE('/contacts/{number}', { params: { path: { number: removing! } } })
          await client.invalidateQueries({ queryKey: ['outbound'] })
        }}
      >
        <p>
          Time zone and consents go. Whether the number may be called is not changed: that is what the do-not-call list
          is for.
        </p>
      </Confirm>
    </>
  )
}
