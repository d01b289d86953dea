import { useState } from 'react'
import style from './call.module.css'
import { words } from './call-words.ts'

/** Plays the recording of a call; `onPlayed` tells how far it has come (ms), four times a second. */
export const Player = ({ callId, id, onPlayed }: { callId: string; id: string; onPlayed: (ms: number) => void }) => {
  const [isGone, setIsGone] = useState(false)
  if (isGone) return <p className={style.old}>{words.recordingGone}</p>
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- the transcript below is its text
    <audio
      id={id}
      className={style.player}
      aria-label={words.recording}
      controls
      // Reading it is noted as playing it.
      preload="none"
      src={`/calls/${encodeURIComponent(callId)}/recording`}
      onTimeUpdate={(event) => onPlayed(event.currentTarget.currentTime * 1_000)}
      onError={() => setIsGone(true)}
    />
  )
}
