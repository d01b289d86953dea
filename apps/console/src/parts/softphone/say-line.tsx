import { AudioLines } from 'lucide-react'
import { useId, useState, type SubmitEvent } from 'react'
import type { SoftphoneCall } from './call-state.ts'
import { isAnswered } from './call-state.ts'
import { phone } from './phone.ts'
import style from './softphone.module.css'
import { NO_VOICE } from './softphone-words.ts'

const LONGEST_LINE = 500

const Hint = ({ call, text, take }: { call: SoftphoneCall; text: string; take: (text: string) => void }) => {
  const { hint } = call
  if (!hint || hint.text !== text || hint.isUnderstood) return null
  const { nearest } = hint
  return (
    <output className={style.quiet}>
      The simulated model will not understand this.{' '}
      {nearest ? (
        <>
          Nearest:{' '}
          <button type="button" className="link" onClick={() => take(nearest)}>
            {nearest}
          </button>
        </>
      ) : null}
    </output>
  )
}

/** What is being spoken for the person, or could not be. */
const Spoken = ({ call }: { call: SoftphoneCall }) => {
  const last = call.lines.at(-1)
  if (!last || last.state === 'over') return null
  if (last.state === 'failed') return <p className={style.alert}>{last.message ?? `“${last.text}” was not said.`}</p>
  return (
    <p className={style.quiet}>
      Saying: {last.text}{' '}
      {last.text.startsWith('♪') ? (
        <button type="button" className="link" onClick={() => phone.stopFile()}>
          Stop
        </button>
      ) : null}
    </p>
  )
}

/** Speaking without a microphone: a typed line, a phrase that the simulated model knows, or an audio file. */
export const SayLine = ({ call, canSpeak }: { call: SoftphoneCall; canSpeak: boolean }) => {
  const [text, setText] = useState('')
  const id = useId()
  const isReady = isAnswered(call)
  const sayIt = (line: string) => {
    if (line.trim() === '' || !isReady) return
    phone.say(line.trim())
    setText('')
  }
  const change = (to: string) => {
    setText(to)
    phone.hint(to.trim())
  }
  return (
    <>
      <form
        className={style.say}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault()
          sayIt(text)
        }}
      >
        <label className="unseen" htmlFor={id}>
          What you say
        </label>
        <input
          id={id}
          type="text"
          value={text}
          maxLength={LONGEST_LINE}
          autoComplete="off"
          disabled={!canSpeak}
          placeholder={canSpeak ? 'type what you say…' : 'no synthesised voice here'}
          aria-describedby={canSpeak ? undefined : `${id}-why`}
          onChange={({ target }) => change(target.value)}
        />
        <button type="submit" disabled={!isReady || text.trim() === ''}>
          Say
        </button>
        <label className={style.fileButton} title="Play an audio file into the call">
          <AudioLines aria-hidden="true" size={18} />
          <span className="unseen">Play an audio file into the call</span>
          <input
            type="file"
            accept="audio/*"
            className="unseen"
            disabled={!isReady}
            onChange={({ target }) => {
              const [file] = target.files ?? []
              if (file) void phone.playFile(file)
              target.value = ''
            }}
          />
        </label>
      </form>
      {canSpeak ? null : (
        <p id={`${id}-why`} className={style.quiet}>
          {NO_VOICE}
        </p>
      )}
      <Hint call={call} text={text.trim()} take={sayIt} />
      <Spoken call={call} />
      {canSpeak && call.phrases.length > 0 ? (
        <ul className={style.chips} aria-label="Phrases that the simulated model understands">
          {call.phrases.map((phrase) => (
            <li key={phrase}>
              <button type="button" className={style.chip} disabled={!isReady} onClick={() => sayIt(phrase)}>
                {phrase}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}
