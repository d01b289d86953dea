import { useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/client.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { say } from '../../parts/say.ts'
import { Failed, Reading } from '../../parts/states.tsx'

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** Shows what is kept of a caller, and deletes all of it; then `onForgotten` leaves a page that is gone with it. */
export const ForgetCaller = (props: {
  /** Whole: E.164, with an extension or not; absent while it is closed. */
  number: string | undefined
  onClose: () => void
  onForgotten?: () => void
}) => {
  const { number: text, onClose, onForgotten } = props
  const number = text?.split(' ')[0] ?? ''
  const client = useQueryClient()
  const { data, error } = useQuery({
    queryKey: ['callers', number],
    enabled: number !== '',
    // Not what was read of another one.
    placeholderData: () => undefined,
    queryFn: async () => (await api.GET('/callers/{number}', { params: { path: { number } } })).data!,
  })
  const forget = async () => {
    if (data?.live) throw new Error('A call with this number goes on. End it or wait, then try again.')
    await api.DELETE('/callers/{number}', { params: { path: { number } } })
    say(`Everything that was kept of ${number} is deleted.`)
    onForgotten?.()
    await client.invalidateQueries()
  }
  return (
    <Confirm
      title={`Delete everything of ${number}?`}
      isOpen={number !== ''}
      action="Delete all of it"
      isDanger
      onClose={onClose}
      onConfirm={forget}
    >
      {error ? <Failed error={error} /> : null}
      {!data && !error ? <Reading /> : null}
      {data ? (
        <>
          <p>This goes, and cannot be brought back:</p>
          <ul>
            <li>{counted(data.calls, 'call')} with every word and recording</li>
            <li>{counted(data.messages, 'message')}</li>
            <li>{counted(data.customers, 'customer')} with appointments and notes</li>
            <li>{counted(data.contacts, 'contact')} with consents</li>
          </ul>
          <p>A line in the audit log stays, with the number masked.</p>
        </>
      ) : null}
    </Confirm>
  )
}
