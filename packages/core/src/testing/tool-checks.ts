import assert from 'node:assert/strict'
import { briefAll, sampleAnswers, type ModeCheck } from './mode-fixtures.ts'
import { answersOf, linesOf } from './statements.ts'

const SAYS_NOTHING_FIRST = /\bsay nothing first\b/i

/** Orders to speak, at the beginning of a sentence or after its condition. */
const SPEAKS = /(?:^|[.!?] )(?:(?:unless|if)\b[^.,]*, )?(?:say|tell|ask|answer)\b/gi

/** Words that announce a look-up. */
const ANNOUNCES =
  /\b(?:one moment|a moment, please|let me (?:see|check|look)|in (?:a few|few|two or three) words what|(?:that )?you (?:are looking|will look|look it up)|before (?:a|the|each|every) look-?up)\b/i

const MAX_SAY_LENGTH = 200

/** Texts that must not be read aloud: numbers in E.164 form, ids. */
const NOT_SPOKEN = [/\+\d{7,}/, /\b[a-z]+_id\b/, /\b[0-9a-f]{8}-[0-9a-f]{4}-/i, /\b[A-Z]{2}[0-9a-f]{32}\b/]

/** Beginnings of descriptions of tools that change something; "Orders of a customer" does not. */
const CHANGES =
  /^(?:(?:saves?|cancels?|creates?|deletes?|removes?|adds?|sends?|pays?|registers?|reserves?)\b|(?:stores?|books?|changes?|updates?|moves?|places?|orders?|notes?) (?:an?|the|their|its|one|it|what|new)\b)/i

/** Orders to call a tool at once, which leave no room for asking first. */
const AT_ONCE =
  /\b(?:at once|immediately|(?:straight|right) away|without (?:asking|waiting|a (?:question|yes))|do(?: not|n't) (?:ask|wait))\b/i

/** Checks of tools that need no model, by description; each throws what is wrong. */
export const toolChecks: Readonly<Record<string, ModeCheck>> = {
  // Misses a tool that leaves or rings somebody only with a particular record.
  async 'declares what its tools amount to'(mode, fixtures) {
    for (const { name, description, effect, writes } of mode.tools)
      assert.ok(
        effect !== 'read' || !(writes || CHANGES.test(description)),
        `${name} stores or changes something: its effect is "write", or "note" if it asks nobody`,
      )
    for (const { tool, left } of await sampleAnswers(mode, fixtures))
      assert.ok(!left || tool.effect !== 'read', `${tool.name} takes the caller away: its effect is "leave"`)
  },

  async 'asks for a yes before it changes anything'(mode, fixtures) {
    const lines = (await briefAll(mode, fixtures)).flatMap(({ instructions }) => linesOf(instructions))
    for (const { name, effect, description } of mode.tools) {
      if (effect !== 'write') continue
      assert.match(description, fixtures.asksForYes, `${name} writes, and its description does not ask for a yes first`)
      const hasty = lines
        .flatMap((line) => line.split(/(?<=[.!?;])\s/))
        .find((sentence) => new RegExp(String.raw`\b${name}\b`).test(sentence) && AT_ONCE.test(sentence))
      assert.equal(hasty, undefined, `"${hasty}" leaves no room for the yes that ${name} needs`)
    }
  },

  // Checks the results for samples only: misses a tool that needs a particular record to leave.
  async 'leaves in one sentence'(mode, fixtures) {
    for (const { name, description, effect, result } of mode.tools)
      if (effect === 'leave' && result === 'spoken')
        assert.match(description, SAYS_NOTHING_FIRST, `${name} leaves, and its words would be heard twice`)
    for (const { tool, left, say } of await sampleAnswers(mode, fixtures)) {
      if (!left || say === undefined) continue
      const orders = say.match(SPEAKS) ?? []
      assert.equal(orders.length, 1, `${tool.name} leaves with "${say}", which is not one sentence to speak`)
    }
  },

  async 'announces a look-up in one place'(mode, fixtures) {
    const prose = (await briefAll(mode, fixtures))
      .map(({ instructions }) => linesOf(instructions).join('\n'))
      .join('\n')
    const announcing = prose.split(/(?<=[.!?;])\s/).filter((sentence) => ANNOUNCES.test(sentence))
    const names = mode.tools.map(({ name }) => name)
    const answers = await answersOf(mode, fixtures)
    for (const { name, effect, description } of mode.tools) {
      if (effect !== 'read') continue
      const isAboutIt = (text: string): boolean => text.includes(name) || !names.some((other) => text.includes(other))
      const places = [
        ...(announcing.some(isAboutIt) ? ['the prompt'] : []),
        ...(ANNOUNCES.test(description) ? ['its description'] : []),
        ...(answers.some(({ where, text }) => where.endsWith(` ${name}`) && ANNOUNCES.test(text))
          ? ['its answer']
          : []),
      ]
      assert.ok(places.length <= 1, `${name} is announced by ${places.join(' and ')}: callers would hear it twice`)
    }
  },

  async 'answers in short sentences without ids'(mode, fixtures) {
    for (const { where, text } of await answersOf(mode, fixtures)) {
      assert.ok(text.length <= MAX_SAY_LENGTH, `${where} is ${text.length} characters long, ${MAX_SAY_LENGTH} allowed`)
      for (const form of NOT_SPOKEN) assert.doesNotMatch(text, form, `${where} holds what nobody says aloud`)
    }
  },
}
