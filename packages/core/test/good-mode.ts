import * as z from 'zod'
import {
  defineMode,
  defineTool,
  e164,
  fixed,
  hangUpTool,
  keepListeningTool,
  live,
  spokenStyle,
  transferTool,
  type ModeDefinition,
} from '../src/index.ts'

export const routes = { sales: { number: e164('+14155550111'), label: 'the sales team' } }

/** A look-up that says before what it does. */
export const findOrder = defineTool({
  name: 'find_order',
  description: 'Tells where an order is. Say in a few words what you check.',
  input: z.strictObject({ order_number: z.string() }),
  run: () => ({ status: 'found', say: 'Tell the caller that it comes tomorrow.' }),
})

/** A tool that changes something. */
export const cancelOrder = defineTool({
  name: 'cancel_order',
  effect: 'write',
  description: 'Cancels an order. Read its number back and get a yes.',
  input: z.strictObject({ order_number: z.string() }),
  run: () => ({ status: 'cancelled', say: 'Tell the caller in one short sentence that it is cancelled.' }),
})

export const role = fixed('Role', 'You are an AI assistant on the telephone of a shop.')
export const style = fixed('How you speak', spokenStyle)
export const steps = fixed(
  'What you do',
  `Ask for the order, and call find_order.
If it is to be cancelled, call cancel_order.
For all else about the shop, call transfer_call.
When nothing more is wanted, call hang_up.`,
)
export const now = live('Now', ({ startedAt }) => `It is ${startedAt.toISOString()}.`)

/** The parts of a mode that keeps every promise. */
export const goodParts: ModeDefinition<undefined> = {
  name: 'good',
  prompt: [role, style, steps, now],
  greeting: () => 'Hello, this is the AI assistant of the shop. How can I help?',
  routes,
  tools: [findOrder, cancelOrder, transferTool(routes), keepListeningTool(), hangUpTool()],
}

/** A mode that keeps every promise. */
export const good = defineMode(goodParts)

/** The same with other parts, to break one promise. */
export const goodBut = (changes: Partial<ModeDefinition<undefined>>) => defineMode({ ...goodParts, ...changes })
