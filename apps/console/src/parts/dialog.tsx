import { useEffect, useId, useRef, useState, type ReactNode, type SubmitEvent } from 'react'
import style from './dialog.module.css'
import { errorText } from './say.ts'

/** A question or a form above the page, which waits: the browser's own dialog, so Escape closes it and the focus stays in it. */
export const Dialog = (props: { title: string; isOpen: boolean; onClose: () => void; children: ReactNode }) => {
  const { title, isOpen, onClose, children } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const own = dialog.current!
    if (!isOpen) return
    own.showModal()
    // A page that is hidden keeps no dialog above the others.
    return () => own.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} className={style.dialog} aria-labelledby={id} onClose={() => (isOpen ? onClose() : undefined)}>
      {isOpen ? (
        <>
          <header>
            <h2 id={id}>{title}</h2>
            <button type="button" aria-label="Close" onClick={onClose}>
              ✕
            </button>
          </header>
          {children}
        </>
      ) : null}
    </dialog>
  )
}

/**
 * Asks once before something is done, with the fields it needs; `title` names who or what it is done to. Enter in a field does it,
 * after the browser has checked the fields. Stays open when it fails, and says why.
 */
export const Confirm = (props: {
  title: string
  isOpen: boolean
  /** What the button says: what will be done. */
  action: string
  isDanger?: boolean
  onConfirm: () => Promise<unknown>
  onClose: () => void
  children?: ReactNode
}) => {
  const { title, isOpen, action, isDanger, onConfirm, onClose, children } = props
  const [isDoing, setIsDoing] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const close = () => {
    setFailure(undefined)
    onClose()
  }
  const confirm = async (event: SubmitEvent) => {
    event.preventDefault()
    setIsDoing(true)
    setFailure(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setFailure(error)
    } finally {
      setIsDoing(false)
    }
  }
  return (
    <Dialog title={title} isOpen={isOpen} onClose={close}>
      <form onSubmit={(event) => void confirm(event)}>
        {children}
        {failure === undefined ? null : (
          <p role="alert" className={style.failure}>
            {errorText(failure)}
          </p>
        )}
        <div className={style.buttons}>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" className={isDanger ? 'danger' : 'primary'} disabled={isDoing}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
