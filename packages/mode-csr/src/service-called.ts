import { isAmong, isSameText, plainText, ToolError } from '@llc-phone/core'
import type { Service } from './db/appointments.ts'

/**
 * The service of that name, or the only one there is when none was named. If it is not clear, throws the list of services for
 * the model; `otherwise` tells it what to do when there are none, like "offer to take a message".
 */
export const serviceCalled = (services: readonly Service[], said: string | undefined, otherwise: string): Service => {
  const name = said?.trim() ?? ''
  const close = services.filter((each) => name === '' || isAmong(name, each.name) || isAmong(each.name, name))
  const exact = close.filter((each) => isSameText(each.name, name))
  const [service, second] = exact.length > 0 ? exact : close
  if (service && !second) return service
  if (services.length === 0) throw new ToolError(`Nothing can be booked by telephone. Say so, and ${otherwise}.`)
  const known = services.map((each) => each.name).join(', ')
  const why = close.length > 0 ? '' : `There is no service called "${plainText(name, 40)}"; say so. `
  throw new ToolError(`${why}Ask which service it is: ${known.slice(0, 200)}.`)
}
