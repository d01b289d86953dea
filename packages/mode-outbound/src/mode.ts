import {
  answerTools,
  asKeywords,
  checkSettings,
  defineMode,
  didYouMean,
  GatewayError,
  greetingProblem,
  hangUpTool,
  labelsOf,
  languageOf,
  ModeInvalid,
  openingToolProblems,
  plainText,
  transferTool,
  type MachinePlan,
  type OutboundMode,
  type Section,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import { newlyKnown, type OutboundKnown } from './known.ts'
import {
  fixedSections,
  liveSections,
  openingTemplate,
  openingWords,
  recorded,
  screened,
  type Identity,
} from './prompt.ts'
import type { Scenario } from './scenario.ts'
import { DEFAULT_SCENARIO, shippedScenarios } from './scenarios/shipped.ts'
import { outboundSettingsSchema, type OutboundSettings } from './settings.ts'
import { addCallNote } from './tools/add-call-note.ts'
import { bookAppointment } from './tools/book-appointment.ts'
import { findOpenSlots } from './tools/find-open-slots.ts'
import { keepListening } from './tools/keep-listening.ts'
import { recordAnswer } from './tools/record-answer.ts'
import { reportOutcome } from './tools/report-outcome.ts'
import { stopCalling } from './tools/stop-calling.ts'

/** Callees say hello within two seconds; after three they wait for us to speak. */
const SPEAKS_AFTER_MS = 3_000

/** A silent callee is asked once whether they are there, then hears a goodbye: we called them. */
const PATIENCE = { silenceMs: 10_000, checkIns: 1 }

/** A survey notes an answer to each question, sometimes twice, and how it went. */
const GRANT = { writes: 40 }

/** A scenario with all that is the same on each of its calls. */
interface Prepared {
  readonly scenario: Scenario
  readonly sections: readonly Section<OutboundKnown>[]
  readonly tools: readonly Tool<OutboundKnown>[]
}

const identityOf = (settings: OutboundSettings): Identity => {
  const { business, agentName, greeting } = settings
  return { business, agentName, greeting, language: languageOf(settings) }
}

/**
 * What to do when a machine answers: as the settings say, else the scenario; a message is left if there is one. The model never
 * words the message, because it knows details that not everybody may hear.
 */
const machinePlan = (settings: OutboundSettings, scenario: Scenario, message: string | undefined): MachinePlan => {
  const { machine = {} } = settings
  const plan: MachinePlan =
    (Object.hasOwn(machine, scenario.name) ? machine[scenario.name] : scenario.machine) ??
    (message === undefined ? { action: 'hangUp' } : { action: 'leaveMessage' })
  if (plan.action !== 'leaveMessage' || plan.text !== undefined) return plan
  return { action: 'leaveMessage', text: recorded(identityOf(settings), scenario, message) }
}

const prepare = (scenario: Scenario, settings: OutboundSettings): Prepared => {
  const { business, answers, routes, doNotCall, notes, appointments } = settings
  const identity = identityOf(settings)
  const calendar = scenario.tools?.includes('book_appointment') ? appointments : undefined
  const transfers = Object.keys(routes).length > 0
  const tools: Tool<OutboundKnown>[] = [
    stopCalling(doNotCall, notes),
    keepListening(screened(identity, scenario)),
    reportOutcome(notes, scenario.outcomes),
    ...(scenario.asksQuestions ? [recordAnswer(notes)] : []),
    ...(calendar ? [findOpenSlots(calendar, business), bookAppointment(calendar, business)] : []),
    ...answerTools(answers),
    addCallNote(notes),
    ...(transfers ? [transferTool(routes, { business })] : []),
    hangUpTool(),
  ]
  return {
    scenario,
    sections: fixedSections(identity, answers, scenario, {
      booking: calendar !== undefined,
      transfers,
      judgesMachines: machinePlan(settings, scenario, undefined).action === 'continue',
    }),
    // All of them from the first word, which may be a machine's to hang up on, or an answer to half an opening. Tools that
    // came later would also undo what was warmed before it rang: they stand at the head of the prompt.
    tools: tools.map((tool) => ({ ...tool, opening: true })),
  }
}

/**
 * Calls people: to confirm an appointment, to return a call, for a survey, or with instructions of the request. Each call
 * says at once who calls and that it is an AI, and ends calling for good when asked to. Throws `mode_invalid`.
 *
 * @example
 * const calls = outbound({ business, routes, doNotCall: store.doNotCall, notes: store.callNotes })
 * const plan = calls.plan({
 *   scenario: 'confirmation',
 *   context: { appointmentDate: '2026-03-10', appointmentTime: '14:30', service: 'cleaning' },
 * })
 */
export const outbound = (settings: OutboundSettings): OutboundMode => {
  checkSettings('outbound', outboundSettingsSchema, settings)
  const {
    business,
    answers: _____,
    routes,
    doNotCall: _,
    notes: __,
    appointments: ___,
    scenarios: own = [],
    speaksAfterMs = SPEAKS_AFTER_MS,
    machine: ____,
    agentName,
    greeting: ______,
    openingTools,
    ...options
  } = settings
  const identity = identityOf(settings)
  const { language } = identity
  const words = openingWords(identity)
  const prepared = new Map(
    [...shippedScenarios, ...own].map((scenario) => [scenario.name, prepare(scenario, settings)]),
  )
  const names = [...prepared.keys()]
  const wrong = greetingProblem(openingTemplate(identity), Object.keys(words))
  const problems = [
    ...(wrong ? [{ path: ['greeting'], message: wrong }] : []),
    // Known by name, and without effect: see prepare.
    ...openingToolProblems(
      openingTools,
      [...prepared.values()].flatMap(({ tools }) => tools.map((tool) => tool.name)),
    ),
  ]
  if (problems.length > 0) throw new ModeInvalid('outbound', problems)
  const keywords = [business.name, agentName, ...labelsOf(routes)]

  return {
    name: 'outbound',
    language,
    ...(options.voice === undefined ? {} : { voice: options.voice }),
    wishes: { set: options.tuning ?? {}, suits: {}, language, keywords: asKeywords(keywords) },
    scenarios: names,
    contextOf(name) {
      const found = prepared.get(name)
      return found && z.toJSONSchema(found.scenario.context, { io: 'input', unrepresentable: 'any' })
    },
    plan({ scenario: name = DEFAULT_SCENARIO, context, greet, timeZone, now = new Date() }) {
      const found = prepared.get(name)
      if (!found) {
        const problem = `scenario: there is no "${plainText(name, 40)}"; choose one of ${names.join(', ')}.`
        throw new GatewayError('request_invalid', [problem, didYouMean(name, names)].join(' ').trim())
      }
      const { scenario, sections, tools } = found
      const call = scenario.read(context, business, { now, theirs: timeZone, language })
      const machine = machinePlan(settings, scenario, call.message)
      const calleeFirst = (greet ?? scenario.greet ?? 'afterSilence') === 'afterSilence'
      const mode = defineMode<OutboundKnown>({
        ...options,
        language,
        patience: { ...PATIENCE, ...options.patience },
        grant: { ...GRANT, ...options.grant },
        name: `outbound-${name}`,
        business,
        keywords,
        lookUp: { find: async () => newlyKnown(call, timeZone), orElse: () => newlyKnown(call, timeZone) },
        prompt: [...sections, ...liveSections(identity, machine)],
        ...(calleeFirst ? { speaksAfterMs } : {}),
        greeting: openingTemplate(identity),
        greetingWords: words,
        routes,
        tools,
      })
      return { mode, scenario: name, machine, ...(scenario.consent ? { consent: scenario.consent } : {}) }
    },
  }
}
