import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { say } from '../../parts/say.ts'

/** Ends a live call, once somebody has confirmed it. */
export const HangUp = ({ callId, caller }: { callId: string; caller: string }) => {
  const [isOpen, setIsOpen] = useState(false)
  if (!useMay('operator')) return null
  const hangUp = async () => {
    await api.POST('/calls/{id}/hangup', { params: { path: { id: callId } } })
    say('The call is being ended.')
  }
  return (
    <>
      <button type="button" className="danger" onClick={() => setIsOpen(true)}>
        Hang up
      </button>
      <Confirm
        title={`Hang up on ${caller}?`}
        isOpen={isOpen}
        action="Hang up"
        isDanger
        onConfirm={hangUp}
        onClose={() => setIsOpen(false)}
      >
        <p>The call ends at once. That cannot be undone.</p>
      </Confirm>
    </>
  )
}
