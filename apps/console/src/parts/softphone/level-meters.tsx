import { useSyncExternalStore } from 'react'
import { phone } from './phone.ts'
import style from './softphone.module.css'

/** From this level (dB below full scale) on there is something to see. */
const FLOOR_DB = 54

/** A root mean square as the part of a meter that is filled, by loudness. */
const filledOf = (level: number): number =>
  level <= 0 ? 0 : Math.min(1, Math.max(0, 1 + (20 * Math.log10(level) + 8) / FLOOR_DB))

const Meter = ({ name, level }: { name: string; level: number }) => (
  <>
    <span>{name}</span>
    <div className={style.meter} aria-hidden="true">
      <div style={{ transform: `scaleX(${filledOf(level).toFixed(2)})` }} />
    </div>
  </>
)

/** How loud both sides are just now. For the eye only: the transcript says the same in words. */
export const LevelMeters = () => {
  const { you, them } = useSyncExternalStore(phone.levels.subscribe, phone.levels.get)
  return (
    <div className={style.levels}>
      <Meter name="You" level={you} />
      <Meter name="Assistant" level={them} />
    </div>
  )
}
