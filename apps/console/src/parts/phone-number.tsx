import { useState } from 'react'
import { useMay } from '../app/session.ts'
import style from './phone-number.module.css'
import { sayError } from './say.ts'

/** A number, masked as the routes give it; who may see it whole gets a button, and the gateway notes that it was pressed. */
export const PhoneNumber = ({
  number,
  reveal,
}: {
  number: string | undefined | null
  /** Asks the gateway for the whole number. */
  reveal?: (() => Promise<string>) | undefined
}) => {
  const [whole, setWhole] = useState<string>()
  const [isAsking, setIsAsking] = useState(false)
  const mayReveal = useMay('operator')
  if (!number) return <span className={style.none}>withheld</span>
  const ask = async () => {
    setIsAsking(true)
    try {
      setWhole(await reveal!())
    } catch (error) {
      sayError(error)
    } finally {
      setIsAsking(false)
    }
  }
  return (
    <span className={style.number}>
      {whole ? <a href={`tel:${whole}`}>{whole}</a> : <span>{number}</span>}
      {reveal && mayReveal && !whole ? (
        <button type="button" className="link" disabled={isAsking} onClick={() => void ask()}>
          reveal<span className="unseen"> {number}</span>
        </button>
      ) : null}
    </span>
  )
}
