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
import style from './call.module.css'
import { isLive, lengthOf, type Story } from './story.ts'

/** The number behind a masked one; the gateway notes who has asked. */
const wholeCaller = async (id: string): Promise<string> => {
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
      </p>
      {story.outcome && !story.why ? <p className={style.outcome}>{story.outcome}</p> : null}
      {story.why ? (
        <Banner tone={story.disposition === 'operator_hung_up' ? 'quiet' : 'warn'}>
          {story.why}
          {story.whatToDo ? <small> {story.whatToDo}</small> : null}
        </Banner>
      ) : null}
    </div>
  )
}

/** The raw words and counts behind the sentences. */
export const CallCodes = ({ story }: { story: Story }) => {
  const { usage } = story
  const rows: readonly (readonly [string, string | undefined])[] = [
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
    [
      'outbound',
      story.outbound && [story.outbound.state, story.outbound.scenario, story.outbound.gate].filter(Boolean).join(', '),
    ],
  ]
  return (
    <dl className={style.codes}>
      {rows.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}
