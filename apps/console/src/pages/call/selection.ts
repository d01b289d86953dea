import { useState } from 'react'
import { useShortcuts } from '../../parts/shortcuts.ts'
import { entryAt, turnBeside, type Entry } from './entries.ts'

const playerOf = (id: string | undefined): HTMLAudioElement | undefined => {
  const element = id === undefined ? null : document.getElementById(id)
  return element instanceof HTMLAudioElement ? element : undefined
}

/** The one place of the call that is chosen: playhead, picture and transcript show it together. */
export const useSelection = (
  entries: readonly Entry[],
  isOn: boolean,
  /** Id of the element that plays the recording; absent when there is none. */
  playerId: string | undefined,
) => {
  const [atMs, setAtMs] = useState(0)
  const [chosen, setChosen] = useState<string>()
  const [follows, setFollows] = useState(true)
  const entry = entries.find(({ id }) => id === chosen) ?? entryAt(entries, atMs)

  const goTo = (ms: number, of?: Entry) => {
    setAtMs(ms)
    setChosen(of?.id)
    setFollows(false)
    const player = playerOf(playerId)
    if (player) player.currentTime = ms / 1_000
  }
  const step = (by: 1 | -1) => {
    const next = turnBeside(entries, atMs, by)
    if (next) goTo(next.atMs, next)
  }
  const play = () => {
    const player = playerOf(playerId)
    if (player?.paused) void player.play().catch(() => {})
    else player?.pause()
  }
  useShortcuts([
    { keys: 'j', does: 'Next turn of the call', run: () => step(1) },
    { keys: 'k', does: 'Turn before', run: () => step(-1) },
    // Without a recording the space bar scrolls the page, as everywhere.
    ...(playerId ? [{ keys: ' ', does: 'Play or pause the recording', run: play }] : []),
  ])
  return {
    atMs,
    entry,
    isFollowing: isOn && follows,
    goTo,
    /** The recording has come this far, or was moved there. */
    played: (ms: number) => {
      // Where somebody has just gone, told by the player: what they have chosen stays.
      if (Math.abs(ms - atMs) < 20) return
      setAtMs(ms)
      setChosen(undefined)
    },
    stopFollowing: () => setFollows(false),
    follow: () => setFollows(true),
  }
}
