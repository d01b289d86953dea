import { useEffect, useState } from 'react'

/** Between two parts: time for what the reader does meanwhile. */
const PART_EVERY_MS = 30

/**
 * How many of `count` parts of a long list to show: a few at first, then one after the other until all of them are there, so that
 * no list makes the page wait.
 */
export const useFilling = (count: number, atFirst: number): number => {
  const [shown, setShown] = useState(atFirst)
  useEffect(() => {
    if (shown >= count) return
    const timer = setTimeout(() => setShown(shown + 1), PART_EVERY_MS)
    return () => clearTimeout(timer)
  }, [shown, count])
  return Math.min(shown, count)
}
