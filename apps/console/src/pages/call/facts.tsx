import type { ReactNode } from 'react'
import { api } from '../../api/client.ts'
import { useBusiness } from '../../app/business.ts'
import { answeredAs } from '../../parts/assistant-name.ts'
import { Badge } from '../../parts/badge.tsx'
import { Banner } from '../../parts/banner.tsx'
import { countText, lengthText, moneyText, preciseText, shareText } from '../../parts/figures.ts'
import { browserZone } from '../../parts/moments.ts'
import { phaseText } from '../../parts/phase-words.ts'
import { PhoneNumber } from '../../parts/phone-number.tsx'
import { When } from '../../parts/when.tsx'
import { WouldHave } from '../../parts/would-have.tsx'
import style from './call.module.css'
import { isLive, lengthOf, listenersOf, type Story } from './story.ts'

/** Ends that are explained without anything being wrong. */
const NO_FAULT = new Set(['operator_hung_up', 'answering_machine', 'busy', 'no_answer', 'canceled'])

/** The number behind a masked one; the gateway notes who has asked. */
export const wholeCaller = async (id: string): Promise<string> => {
  const { data } = await api.GET('/calls/{id}', {
    params: { path: { id }, query: { reveal: 'true', events: 'false' } },
  })
  return data?.caller ?? 'withheld'
}

/** Who called whom, when, for how long, and how it ended: one line, and one sentence. */
export const CallHeader = ({ story, nowMs }: { story: Story; nowMs: number | undefined }) => {
  const { zone } = useBusiness()
  const isOn = isLive(story)
  const caller = <PhoneNumber number={story.caller} reveal={() => wholeCaller(story.callId)} />
  const ours = <span>{story.dialled}</span>
  return (
    <div className={style.head}>
      <p className={style.facts}>
        <span className={style.numbers}>
          {story.direction === 'inbound' ? caller : ours} <span aria-label="to">→</span>{' '}
          {story.direction === 'inbound' ? ours : caller}
        </span>
        <span>
          {answeredAs(story)}
          {story.settingsVersion ? ` v${story.settingsVersion}` : ''}
          {story.trial?.draft === undefined ? '' : ` (draft, revision ${story.trial.draft})`}
        </span>
        <span>
          <When at={story.startedAt} />
          {zone === browserZone() ? '' : ` (${zone})`}
        </span>
        <span>{lengthText(lengthOf(story, nowMs))}</span>
        <span>
          {moneyText(story.costUsd)}
          {story.costEstimated ? ' (estimated)' : ''}
        </span>
        {story.test ? <Badge tone="quiet">test</Badge> : null}
        {isOn ? (
          <Badge tone="good" sign="●">
            {phaseText(story.phase ?? 'live')}
          </Badge>
        ) : null}
        {listenersOf(story).map((by) => (
          <Badge key={by} tone="warn" sign="◉">
            {by} listens in
          </Badge>
        ))}
      </p>
      {story.outcome && !story.why ? <p className={style.outcome}>{story.outcome}</p> : null}
      {story.why ? (
        <Banner tone={NO_FAULT.has(story.disposition ?? '') ? 'quiet' : 'warn'}>
          {story.why}
          {story.whatToDo ? <small> {story.whatToDo}</small> : null}
        </Banner>
      ) : null}
      <WouldHave deeds={story.trial?.wouldHave} />
    </div>
  )
}

/** The raw words and counts behind the sentences. */
export const CallCodes = ({ story }: { story: Story }) => {
  const { usage, outbound } = story
  const rows: readonly (readonly [name: string, value: ReactNode])[] = [
    ['disposition', story.disposition],
    ['problems', [...new Set(story.problems.map(({ code }) => code))].join(', ') || undefined],
    ['answered by', story.answeredBy],
    ['model', story.model],
    ['prompt version', story.promptVersion],
    ['tuning profile', story.tuningProfile],
    ['language', story.language],
    [
      'tokens',
      usage &&
        `${countText(usage.input.text + usage.input.audio)} in (${shareText(story.cachedShare)} cached), ${countText(usage.output.text + usage.output.audio)} out`,
    ],
    ['first words', story.firstWordsMs === undefined ? undefined : preciseText(story.firstWordsMs)],
    ['call id', story.callId],
    ["carrier's id", story.callSid || undefined],
    ['outbound', outbound && [outbound.state, outbound.scenario, outbound.gate].filter(Boolean).join(', ')],
    ['requested', outbound && <When at={outbound.requestedAt} />],
    ['answered', outbound?.answeredAt && <When at={outbound.answeredAt} />],
    ['gate opens', outbound?.until && <When at={outbound.until} />],
    ['went wrong', outbound?.problem],
  ]
  return (
    <dl className={style.codes}>
      {rows.map(([name, value]) =>
        value === undefined || value === '' ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
