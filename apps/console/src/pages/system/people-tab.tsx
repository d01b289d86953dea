import { useState } from 'react'
import { useMay, useSession } from '../../app/session.ts'
import { api } from '../../api/client.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { say } from '../../parts/say.ts'
import { When } from '../../parts/when.tsx'
import { AddPerson } from './add-person.tsx'
import { ChangePerson } from './change-person.tsx'
import { losesLastOwner } from './last-owner.ts'
import { NewKey } from './new-key.tsx'
import { useKeys, usePeople, usePeopleChanged, type Key, type Person } from './people-api.ts'
import style from './system.module.css'
import { words } from './system-words.ts'

const lastUse = (keys: readonly Key[], name: string): string | undefined =>
  keys
    .filter(({ person }) => person === name)
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
    .toSorted()
    .at(-1)

const Keys = ({ keys, people, isOwner }: { keys: readonly Key[]; people: readonly Person[]; isOwner: boolean }) => {
  const [revoking, setRevoking] = useState<Key>()
  const { data: session } = useSession()
  const changed = usePeopleChanged()
  const revoke = async () => {
    await api.DELETE('/keys/{id}', { params: { path: { id: revoking!.id } } })
    say(`The key of ${revoking!.person} is revoked.`)
    await changed()
  }
  const inForce = keys.toSorted((one, other) => Number(Boolean(one.revokedAt)) - Number(Boolean(other.revokedAt)))
  return (
    <Panel title={isOwner ? 'Keys' : 'Your keys'}>
      {keys.length === 0 ? (
        <Empty>{isOwner ? 'No key has been issued.' : 'You have no key: you are signed in by the ADMIN_TOKEN.'}</Empty>
      ) : (
        <Table
          caption="Keys"
          rows={inForce}
          rowKey={({ id }) => id}
          columns={[
            { title: 'Person', cell: ({ person }) => person },
            { title: 'Label', cell: ({ label }) => label ?? '–' },
            { title: 'Issued', cell: ({ addedAt }) => <When at={addedAt} form="day" /> },
            {
              title: 'Last used',
              cell: ({ lastUsedAt }) => (lastUsedAt ? <When at={lastUsedAt} form="ago" /> : 'never'),
            },
            {
              title: 'State',
              cell: (key) =>
                key.revokedAt ? (
                  <Badge tone="quiet">
                    revoked <When at={key.revokedAt} form="day" />
                  </Badge>
                ) : (
                  <span>
                    <button type="button" className="link" onClick={() => setRevoking(key)}>
                      Revoke
                      <span className="unseen">
                        {' '}
                        the key of {key.person}, {key.label ?? 'without a label'}
                      </span>
                    </button>
                  </span>
                ),
            },
          ]}
        />
      )}
      <Confirm
        title={`Revoke a key of ${revoking?.person ?? ''}`}
        isOpen={revoking !== undefined}
        action="Revoke"
        isDanger
        onConfirm={revoke}
        onClose={() => setRevoking(undefined)}
      >
        <p>It opens nothing from now on, and browsers that signed in with it are signed out.</p>
        {revoking && losesLastOwner(people, keys, { kind: 'revoke', key: revoking.id }) ? (
          <p className={style.warning}>▲ {words.people.lastOwner}</p>
        ) : null}
        {revoking?.person === session?.name ? (
          <p>It is a key of yours: you are signed out if you came in with it.</p>
        ) : null}
      </Confirm>
    </Panel>
  )
}

/** Who may use the gateway, with which role, by which keys; for everybody but an owner, their own keys. */
export const PeopleTab = () => {
  const isOwner = useMay('owner')
  const people = usePeople(isOwner)
  const keys = useKeys()
  const [changing, setChanging] = useState<{ readonly person: Person; readonly what: 'role' | 'remove' | 'key' }>()
  const error = (isOwner && people.error) || keys.error
  if (error)
    return (
      <Failed
        error={error}
        stillWorks={words.callsGoOn}
        retry={() => Promise.all([people.refetch(), keys.refetch()])}
      />
    )
  if (!keys.data || (isOwner && !people.data)) return <Reading />
  const everybody = people.data ?? []
  if (!isOwner) return <Keys keys={keys.data} people={[]} isOwner={false} />
  const close = () => setChanging(undefined)
  const open = (person: Person, what: 'role' | 'remove' | 'key') => () => setChanging({ person, what })
  return (
    <div className={style.parts}>
      <Panel title="People">
        {everybody.length === 0 ? (
          <Empty>{words.people.none}</Empty>
        ) : (
          <Table
            caption="People"
            rows={everybody}
            rowKey={({ id }) => id}
            columns={[
              { title: 'Name', cell: ({ name }) => name },
              { title: 'Role', cell: ({ role }) => role },
              { title: 'Since', cell: ({ addedAt }) => <When at={addedAt} form="day" /> },
              {
                title: 'Keys',
                isFigure: true,
                cell: ({ name }) => keys.data.filter(({ person, revokedAt }) => person === name && !revokedAt).length,
              },
              { title: 'Last seen', cell: ({ name }) => <When at={lastUse(keys.data, name)} form="ago" /> },
              {
                title: 'Change',
                cell: (person) => (
                  <span className={style.actions}>
                    <button type="button" className="link" onClick={open(person, 'key')}>
                      New key<span className="unseen"> for {person.name}</span>
                    </button>
                    <button type="button" className="link" onClick={open(person, 'role')}>
                      Role<span className="unseen"> of {person.name}</span>
                    </button>
                    <button type="button" className="link" onClick={open(person, 'remove')}>
                      Remove<span className="unseen"> {person.name}</span>
                    </button>
                  </span>
                ),
              },
            ]}
          />
        )}
        <AddPerson onAdded={(person) => setChanging({ person, what: 'key' })} />
      </Panel>
      <Keys keys={keys.data} people={everybody} isOwner />
      {changing ? (
        changing.what === 'key' ? (
          <NewKey person={changing.person} onClose={close} />
        ) : (
          <ChangePerson {...changing} what={changing.what} people={everybody} keys={keys.data} onClose={close} />
        )
      ) : null}
    </div>
  )
}
