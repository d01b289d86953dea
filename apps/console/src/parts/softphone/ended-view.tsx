import { Phone } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import type { SoftphoneCall } from './call-state.ts'
import { CallState } from './call-view.tsx'
import { useFocusAfterCall } from './catch-focus.ts'
import { WouldHave } from '../would-have.tsx'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { TranscriptView } from './transcript-view.tsx'
import { outcomeSentence } from './softphone-words.ts'

/** A call that is over: how it ended, and the way to all that is known of it. */
export const EndedView = ({ call }: { call: SoftphoneCall }) => {
  const { story } = useSyncExternalStore(phone.news.subscribe, phone.news.get)
  const { order, mouth } = call
  const outcome = useFocusAfterCall<HTMLElement>(true)
  return (
    <>
      <div className={style.status}>
        <CallState call={call} />
      </div>
      <section ref={outcome} tabIndex={-1} aria-label="How the call ended" className={style.outcome}>
        <p>
          {outcomeSentence(call, story)} {call.problem ? <code>{call.problem.code}</code> : null}
        </p>
        {story ? <Link href={`/calls/${story.callId}`}>Open the call</Link> : null}
      </section>
      <WouldHave deeds={story?.trial?.wouldHave} />
      {call.liveAtMs === undefined ? null : <TranscriptView isUp={false} />}
      <div className={style.row}>
        {order ? (
          <button
            type="button"
            className={`primary ${style.call}`}
            onClick={() => void phone.ring(order, mouth?.kind !== 'typing' || mouth.reason !== 'chosen')}
          >
            <Phone aria-hidden="true" size={18} /> Call again
          </button>
        ) : null}
        <button type="button" onClick={() => phone.putAway()}>
          Ring something else
        </button>
      </div>
    </>
  )
}
