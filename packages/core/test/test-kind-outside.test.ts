import * as z from 'zod'
import { e164 } from '../src/telephone/e164.ts'
import {
  answerTools,
  defineKind,
  defineMode,
  defineTool,
  fixed,
  hangUpTool,
  keepListeningTool,
  whatYouKnow,
  type ModeKind,
} from '../src/index.ts'
import { testKind } from '../src/testing/test-kind.ts'

const business = { name: 'Harbor Dental', timeZone: 'America/New_York', hours: { 'mon-fri': '08:00-18:00' } }
const routes = { support: { number: e164('+14155550112'), label: 'the support desk' } }
const raised: string[] = []

/** A line with a port to another system. */
const alarms: ModeKind = defineKind({
  name: 'alarms',
  title: 'Alarm line',
  about: 'Raises alarms.',
  settings: z.strictObject({}),
  make: ({ greeting, ...options }, shared) =>
    defineMode({
      ...options,
      name: 'alarms',
      business: shared.business,
      prompt: [
        fixed('Role', `You are the AI assistant of ${shared.business.name}.`),
        ...whatYouKnow(shared.business, shared.answers),
      ],
      greeting: greeting ?? '{business}. This is the AI assistant.',
      routes: shared.routes,
      tools: [
        defineTool({
          name: 'raise_alarm',
          description: 'Raises the alarm. First get a yes.',
          effect: 'write',
          input: z.strictObject({ floor: z.string() }),
          run({ floor }, { facts }) {
            if (!facts.isTest) raised.push(floor)
            return { status: 'raised' }
          },
        }),
        ...answerTools(shared.answers),
        keepListeningTool(),
        hangUpTool(),
      ],
    }),
})

testKind(alarms, {
  shared: { business, routes, directory: [], answers: [] },
  outside: { changes: () => raised.length, tools: { raise_alarm: { floor: '2' } } },
})
