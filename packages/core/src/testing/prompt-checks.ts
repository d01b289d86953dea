import assert from 'node:assert/strict'
import { toolTokensOf, tokensOf } from './count-tokens.ts'
import { CONFLICTS } from './conflicts.ts'
import { briefAll, defaultFixtures, type ModeCheck } from './mode-fixtures.ts'
import { answersOf, fixedLines, liveLines, rulesIn, statementsOf, type Statement } from './statements.ts'

const isNamedIn = (text: string, tool: string): boolean => new RegExp(String.raw`\b${tool}\b`).test(text)

/** Words that allow no exceptions: models obey them to the letter. */
const ABSOLUTES = /\b(?:never|only|always|must)\b/gi
const MAX_ABSOLUTES = 8

/** Words that begin an order. */
const ORDER =
  /(?:^|[.;:] |, so |\bthen )((?:please |do )?(?:(?:say|ask|tell|call|offer|use|greet|speak|transfer|connect|take|read|confirm|begin|start|wait|give|let|keep|end|hang up|mention|apologi[sz]e|remember to|make sure|be|do not|don't|never|always)\b(?!-)|you (?:should|must|shall|need to)\b)[^.;]*)/gi

/** Facts that begin like an order: "Start of the contract: May 3". */
const LABEL =
  /(^|[.;] )(?:call|offer|use|take|read|begin|start|wait|let|keep|end|transfer|connect)\b(?:(?! (?:them|these|those|him|her|it|one|two|three|caller))[ \p{L}-]){0,30}:(?= )/giu

const phrasesIn = ({ text }: Statement): string[] =>
  Array.from(text.matchAll(/"([^"\n]+)"/g), ([, phrase]) => phrase!.trim().toLowerCase()).filter((phrase) =>
    phrase.includes(' '),
  )

/** Checks of a prompt that need no model, by description; each throws what is wrong. */
export const promptChecks: Readonly<Record<string, ModeCheck>> = {
  async 'names each of its tools in the prompt'(mode, fixtures) {
    const prose = (await briefAll(mode, fixtures)).map(({ instructions }) => instructions).join('\n')
    const left = mode.tools.filter(({ name }) => !isNamedIn(prose, name) && !fixtures.optionalTools.includes(name))
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
      'the prompt does not say when these are called. Name them there, or in optionalTools if their description does',
    )
  },

  async 'has the tools that the prompt names from the first reply on'(mode, fixtures) {
    // A shielded greeting needs no tools; they are added while it is heard.
    if (mode.greets && mode.greetingShield === 'full') return
    const prose = (await briefAll(mode, fixtures)).map(({ instructions }) => instructions).join('\n')
    const late = mode.tools.filter(({ name, opening }) => !opening && isNamedIn(prose, name))
    assert.deepEqual(
      late.map(({ name }) => name),
      [],
      'these are named before they are there: make them opening tools, or begin with a shielded greeting',
    )
  },

  async 'keeps its prompt within its budget'(mode, fixtures) {
    const counts = (await briefAll(mode, fixtures)).map(({ instructions }) => tokensOf(instructions))
    const most = Math.max(...counts)
    assert.ok(
      most <= fixtures.maxPromptTokens,
      `${most} tokens of prompt, ${fixtures.maxPromptTokens} allowed: shorten it, or raise maxPromptTokens and know why`,
    )
  },

  'keeps its tools within their budget'({ tools }, { maxToolTokens }) {
    const count = toolTokensOf(tools)
    assert.ok(
      count <= maxToolTokens,
      `${count} tokens of tools, ${maxToolTokens} allowed: shorten them, or raise maxToolTokens and know why`,
    )
  },

  async 'says that it is an AI, at once and when asked'(mode, fixtures) {
    const { discloses } = fixtures
    for (const { instructions, greeting } of await briefAll(mode, fixtures)) {
      if (greeting !== undefined) assert.match(greeting, discloses, 'the greeting does not say that an AI speaks')
      // The greeting may be in a different language than the prompt.
      const told = [discloses, defaultFixtures.discloses].some((words) => linesOfDisclosure(instructions, words))
      assert.ok(told, 'the prompt does not say "You are an AI assistant; say so when asked." or the like')
    }
  },

  async 'uses words without a way out sparingly'(mode, fixtures) {
    for (const { instructions } of await briefAll(mode, fixtures)) {
      const found = rulesIn(instructions).match(ABSOLUTES) ?? []
      assert.ok(
        found.length <= MAX_ABSOLUTES,
        `${found.length} absolutes, ${MAX_ABSOLUTES} allowed (${found.join(', ')}): say when a rule holds instead`,
      )
    }
  },

  // Finds the listed conflicts in their usual wording, not every conflict.
  async 'gives no two orders that cannot both be kept'(mode, fixtures) {
    const statements = [...(await statementsOf(mode, fixtures)), ...(await answersOf(mode, fixtures))]
    for (const { one, unless, other, why } of CONFLICTS) {
      const first = statements.find(({ text }) => one.test(text) && !unless?.test(text))
      const second = first && statements.find(({ where, text }) => other.test(`${where}: ${text}`))
      assert.ok(!first || !second, `${first?.where}: "${first?.text}" against ${second?.where}: ${why}`)
    }
  },

  // Treats a sentence that begins with certain verbs as an order; orders worded otherwise are not found.
  async 'keeps orders out of what belongs to one call'(mode, fixtures) {
    for (const line of liveLines(await briefAll(mode, fixtures))) {
      const known = fixtures.liveOrders.reduce<string>((text, order) => text.replace(order, ''), line)
      const [order] =
        known
          .replaceAll(/"[^"\n]*"/g, '')
          .replaceAll(LABEL, '$1')
          .match(ORDER) ?? []
      assert.equal(order, undefined, `"${line}" gives an order: put it into a fixed section, or into liveOrders`)
    }
  },

  // Texts of one call, such as the message for a machine, may be anywhere.
  async 'quotes a sample phrase once'(mode, fixtures) {
    const live = new Set(liveLines(await briefAll(mode, fixtures)))
    const phrases = (await statementsOf(mode, fixtures)).filter(({ text }) => !live.has(text)).flatMap(phrasesIn)
    const twice = phrases.find((phrase, index) => phrases.indexOf(phrase) !== index)
    assert.equal(twice, undefined, `"${twice}" stands twice: models repeat what they are shown, word for word`)
  },

  async 'has an evaluation for every rule of its prompt'(mode, fixtures) {
    const { evaluatedBy } = fixtures
    if (!evaluatedBy) return
    const untried = fixedLines(await briefAll(mode, fixtures)).filter((rule) => evaluatedBy(rule).length === 0)
    assert.deepEqual(
      untried,
      [],
      'no evaluation tries these rules: add a situation that does (docs/guides/evaluate-prompts.md), or take them out',
    )
  },
}

const linesOfDisclosure = (instructions: string, discloses: RegExp): boolean =>
  instructions.split('\n').some((line) => discloses.test(line) && /\bsay so\b/i.test(line))
