import { useRef, useState } from 'react'
import { useShortcuts } from '../../parts/shortcuts.ts'
import { entryAt, turnBeside, type Entry } from './entries.ts'

/** The one place of the call that is chosen: playhead, picture and transcript show it together. */
export const useSelection = (entries: readonly Entry[], isOn: boolean, hasRecording: boolean) => {
  const [atMs, setAtMs] = useState(0)
  const [chosen, setChosen] = useState<string>()
  const [follows, setFollows] = useState(true)
  const player = useRef<HTMLAudioElement>(null)
  const entry = entries.find(({ id }) => id === chosen) ?? entryAt(entries, atMs)

  const goTo = (ms: number, of?: Entry) => {
    setAtMs(ms)
    setChosen(of?.id)
    setFollows(false)
    if (player.current) player.current.currentTime = ms / 1_000
  }
  const step = (by: 1 | -1) => {
    const next = turnBeside(entries, atMs, by)
    if (next) goTo(next.atMs, next)
  }
  const play = () => {
    const audio = player.current
    if (!audio) return
    if (audio.paused) void audio.play().catch(() => {})
    else audio.pause()
  }
  useShortcuts([
    { keys: 'j', does: 'Next turn of the call', run: () => step(1) },
    { keys: 'k', does: 'Turn before', run: () => step(-1) },
    // Without a recording the space bar scrolls the page, as everywhere.
    ...(hasRecording ? [{ keys: ' ', does: 'Play or pause the recording', run: play }] : []),
  ])
  return {
    atMs,
    entry,
    player,
    isFollowing: isOn && follows,
    goTo,
    /** The recording has come this far. */
    played: (ms: number) => {
      setAtMs(ms)
      setChosen(undefined)
    },
    stopFollowing: () => setFollows(false),
    follow: () => setFollows(true),
  }
}
