import { useEffect, useRef, type RefObject } from 'react'

/** Takes the keyboard's focus when a call ends and the button that had it is gone: otherwise it would be at the top of the page again. */
export const useFocusAfterCall = <Element extends HTMLElement>(isOver: boolean): RefObject<Element | null> => {
  const here = useRef<Element>(null)
  const wasOver = useRef(false)
  useEffect(() => {
    if (isOver && !wasOver.current && document.activeElement === document.body)
      here.current?.focus({ preventScroll: true })
    wasOver.current = isOver
  }, [isOver])
  return here
}
