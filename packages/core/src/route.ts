import * as z from 'zod'
import type { E164 } from './e164.ts'
import { defineTool, ToolError, type Tool } from './tool.ts'

/** Where a call may go. The model only ever names the key of a route, never a number. */
export interface Route {
  readonly number: E164
  /** How people call it: "the billing department". */
  readonly label: string
  /** What brings callers here, for the model to choose by. */
  readonly when?: string
}

/** Routes by key. */
export type Routes = Readonly<Record<string, Route>>

/** The one tool that sends the caller to a route; its input accepts exactly the keys of `routes`. */
export const transferTool = (routes: Routes): Tool => {
  const keys = Object.keys(routes)
  const menu = keys.map((key) => `${key}: ${routes[key]!.when ?? routes[key]!.label}`).join('; ')
  return defineTool({
    name: 'transfer_call',
    description: `Connects the caller with a person. Destinations are ${menu}. Call it as soon as the destination is clear.`,
    opening: true,
    input: z.strictObject({
      destination: z.enum(keys as [string, ...string[]]),
      reason: z.string().max(200).describe('Why the caller wants this, in a few words.'),
    }),
    run({ destination, reason }, { call }) {
      const route = routes[destination]
      if (!route) throw new ToolError('There is no such destination.')
      call.leave({ kind: 'transfer', route: destination, number: route.number, label: route.label, reason })
      return {
        status: 'connecting',
        say: `Tell the caller in one short sentence that you are connecting them with ${route.label}.`,
      }
    },
  })
}

/** The one tool that ends the call, after the caller has heard a goodbye. */
export const hangUpTool = (): Tool =>
  defineTool({
    name: 'hang_up',
    description:
      'Ends the call. Use it only when the caller has said goodbye or wants nothing more, never because the line is quiet.',
    opening: true,
    input: z.strictObject({}),
    run(_input, { call }) {
      call.leave({ kind: 'hangUp' })
      return { status: 'ending', say: 'Say goodbye in one short sentence.' }
    },
  })
