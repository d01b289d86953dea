import { Dialog } from '../parts/dialog.tsx'
import { switchShortcuts, useAllShortcuts } from '../parts/shortcuts.ts'
import style from './shortcut-list.module.css'

/** Every key that does something on this page, and the switch for all of them. */
export const ShortcutList = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const { shortcuts, isOn } = useAllShortcuts()
  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={onClose}>
      <dl className={style.list}>
        {shortcuts.map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              {keys.split(/ (?=.)/).map((key) => (
                <kbd key={key}>{key === ' ' ? 'Space' : key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className={style.switch}>
        <input type="checkbox" checked={isOn} onChange={(event) => switchShortcuts(event.target.checked)} />
        Use these shortcuts in this browser
      </label>
    </Dialog>
  )
}
