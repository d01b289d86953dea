import { useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { errorText } from '../../parts/say.ts'
import style from './messages.module.css'

/** How long a recording may take (ms): some megabytes from Twilio by way of the gateway. */
const RECORDING_WITHIN_MS = 60_000

const fetchRecording = async (id: string): Promise<string> => {
  const answer = await fetch(`/messages/${encodeURIComponent(id)}/recording`, {
    credentials: 'same-origin',
    signal: AbortSignal.timeout(RECORDING_WITHIN_MS),
  })
  if (answer.ok) return URL.createObjectURL(await answer.blob())
  const { error } = (await answer.json().catch(() => ({}))) as { error?: { code: string; message: string } }
  throw new ApiError(
    answer.status,
    error?.code ?? 'unreadable_answer',
    error?.message ?? `The gateway answered ${answer.status}.`,
  )
}

/** What a caller has recorded; fetched when somebody presses play, because each time is noted. */
export const Recording = ({ id }: { id: string }) => {
  const [url, setUrl] = useState<string>()
  const [failure, setFailure] = useState<unknown>()
  const [isReading, setIsReading] = useState(false)
  const audio = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    if (!url) return undefined
    audio.current?.focus()
    void audio.current?.play().catch(() => undefined)
    return () => URL.revokeObjectURL(url)
  }, [url])
  const read = async () => {
    setIsReading(true)
    setFailure(undefined)
    try {
      setUrl(await fetchRecording(id))
    } catch (error) {
      setFailure(error)
    } finally {
      setIsReading(false)
    }
  }
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- there is no text of it but the message's
  if (url) return <audio ref={audio} controls src={url} className={style.audio} aria-label="Recording" />
  const isGone = failure instanceof ApiError && failure.status === 404
  return (
    <>
      {isGone ? null : (
        <button type="button" disabled={isReading} onClick={() => void read()}>
          <span aria-hidden="true">▶ </span>
          {isReading ? 'Fetching the recording…' : 'Play the recording'}
        </button>
      )}
      {failure === undefined ? null : (
        <span role="alert" className={style.problem}>
          {errorText(failure)}
        </span>
      )}
    </>
  )
}
