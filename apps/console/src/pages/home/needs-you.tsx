import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useMay } from '../../app/session.ts'
import { Badge } from '../../parts/badge.tsx'
import { Panel } from '../../parts/panel.tsx'
import { PhoneNumber } from '../../parts/phone-number.tsx'
import { errorText } from '../../parts/say.ts'
import { Reading } from '../../parts/states.tsx'
import { When } from '../../parts/when.tsx'
import { useDoctor, useMessagesToDo, useWrongCalls } from './home-queries.ts'
import style from './home.module.css'
import { words } from './home-words.ts'

/** One thing that somebody should see to. */
const Item = ({ badge, href, children }: { badge: ReactNode; href: string; children: ReactNode }) => (
  <li>
    {badge}
    <Link href={href}>{children}</Link>
  </li>
)

/** What cannot be read says so, and leaves the others. */
const Unread = ({ what, query }: { what: string; query: UseQueryResult }) =>
  query.isError && query.data === undefined ? (
    <li>
      <Badge tone="bad">{what}</Badge>
      <span>{errorText(query.error)}</span>
    </li>
  ) : null

const Messages = ({ query }: { query: ReturnType<typeof useMessagesToDo> }) => (
  <>
    <Unread what="messages" query={query} />
    {query.data?.messages.map((message) => (
      <Item
        key={message.id}
        href="/messages"
        badge={message.urgency === 'urgent' ? <Badge tone="warn">urgent</Badge> : <Badge tone="quiet">message</Badge>}
      >
        {message.callerName ?? <PhoneNumber number={message.callerNumber} />}
        {words.forWhom(message.recipient)} · <When at={message.createdAt} form="ago" />
      </Item>
    ))}
  </>
)

const WrongCalls = ({ query }: { query: ReturnType<typeof useWrongCalls> }) => (
  <>
    <Unread what="calls" query={query} />
    {query.data?.calls.map((call) => (
      <Item key={call.callId} href={`/calls/${call.callId}`} badge={<Badge tone="bad">call</Badge>}>
        {call.why ?? call.problems?.[0] ?? words.noReason} · <When at={call.startedAt} form="ago" />
      </Item>
    ))}
  </>
)

/** What fails stands here; of warnings there is how many, because most of them can wait. */
const Findings = ({ query }: { query: ReturnType<typeof useDoctor> }) => {
  const failed = query.data?.filter(({ outcome }) => outcome === 'failed') ?? []
  const warnings = (query.data?.length ?? 0) - failed.length
  return (
    <>
      <Unread what="health" query={query} />
      {failed.map(({ name, detail }) => (
        <Item key={`${name} ${detail}`} href="/system" badge={<Badge tone="bad">failed</Badge>}>
          {name}: {detail}
        </Item>
      ))}
      {warnings > 0 ? (
        <Item href="/system" badge={<Badge tone="warn">health</Badge>}>
          {words.warnings(warnings)}
        </Item>
      ) : null}
    </>
  )
}

/** Messages to do, calls that went wrong, and what the doctor warns of. */
export const NeedsYou = () => {
  const mayAct = useMay('operator')
  const [messages, wrong, doctor] = [useMessagesToDo(), useWrongCalls(), useDoctor(mayAct)]
  const all = [messages, wrong, doctor]
  const isNothing =
    messages.data?.messages.length === 0 && wrong.data?.calls.length === 0 && (!mayAct || doctor.data?.length === 0)
  return (
    <Panel title={words.needsYou}>
      {isNothing ? <p className={style.none}>{words.nothingNeeded}</p> : null}
      <ul className={style.items}>
        <Messages query={messages} />
        <WrongCalls query={wrong} />
        {mayAct ? <Findings query={doctor} /> : null}
      </ul>
      {all.some(({ isLoading }) => isLoading) ? <Reading /> : null}
    </Panel>
  )
}
