import { useBusiness } from '../app/business.ts'
import { fullText, momentText, type Moment, type MomentForm } from './moments.ts'
import { useHalfMinutes } from './use-now.ts'

const Ago = ({ at, zone }: { at: Moment; zone: string }) => {
  return momentText(at, 'ago', zone, useHalfMinutes())
}

/** A moment in the zone of the business, in full as its title; a dash when there is none. */
export const When = ({ at, form = 'both' }: { at: Moment | undefined | null; form?: MomentForm }) => {
  const { zone } = useBusiness()
  if (at === undefined || at === null) return <>–</>
  return (
    <time dateTime={new Date(at).toISOString()} title={fullText(at, zone)}>
      {form === 'ago' ? <Ago at={at} zone={zone} /> : momentText(at, form, zone)}
    </time>
  )
}
