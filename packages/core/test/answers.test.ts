import { describe, expect, it } from 'vitest'
import { answersFor, answerTools, areLookedUp, whatYouKnow, type Answer, type ToolContext } from '../src/index.ts'

const business = { name: 'Pier Bistro', timeZone: 'America/New_York' }
const about = (question: string, answer: string): Answer => ({
  question,
  answer: `${answer} ${'This is how it has been for years. '.repeat(8)}`.trim(),
})
const answers = [
  about('Where can I park?', 'Behind the building on Mill Street.'),
  about('What do you charge for a tasting menu?', 'Ninety dollars; wine is extra.'),
  about('Do you take insurance vouchers?', 'Yes, at the counter.'),
  about('Opening of the terrace', 'From May on.'),
  about('Gift cards', 'At the counter, from ten dollars.'),
  about('Allergies', 'Tell the waiter.'),
  about('Dogs', 'Are welcome on the terrace.'),
  about('Children', 'Have a menu of their own.'),
]

const ask = (question: string): Promise<unknown> =>
  answerTools(answers)[0]!.invoke(JSON.stringify({ question }), {} as ToolContext)
const found = async (question: string): Promise<string[]> =>
  ((await ask(question)) as { answers: Answer[] }).answers.map((entry) => entry.question)

describe('answers that fit into the prompt', () => {
  it('stand there, and need no tool', () => {
    const few = answers.slice(0, 2)
    expect(areLookedUp(few)).toBe(false)
    expect(answerTools(few)).toEqual([])
    expect(whatYouKnow(business, few)[0]).toMatchObject({ text: expect.stringContaining('Ninety dollars') })
    expect(answerTools()).toEqual([])
  })
})

describe('answers beyond 600 tokens', () => {
  it('leave their questions in the prompt, by number', () => {
    expect(whatYouKnow(business, answers)).toEqual([
      expect.objectContaining({
        kind: 'fixed',
        text: 'With the text from look_up_answer: 1 Where can I park? 2 What do you charge for a tasting menu? 3 Do you take insurance vouchers? 4 Opening of the terrace. 5 Gift cards. 6 Allergies. 7 Dogs. 8 Children.',
      }),
    ])
  })

  it.each([
    ['2', ['What do you charge for a tasting menu?']],
    ['#2', ['What do you charge for a tasting menu?']],
    ['3. Do you take insurance?', ['Do you take insurance vouchers?']],
    ['is there parking', ['Where can I park?']],
    ['Can I bring my dog?', ['Dogs']],
    ['how much is the wine', ['What do you charge for a tasting menu?']],
    ['ALLERGY or allergies', ['Allergies']],
    ['counter', ['Do you take insurance vouchers?', 'Gift cards']],
    // A number that is none of the list is words.
    ['99 children', ['Children']],
  ])('are found by %j', async (question, expected) => {
    expect(await found(question)).toEqual(expected)
  })

  it('are not made up, nor read out all at once', async () => {
    await expect(ask('the weather')).rejects.toThrow('No answer to that is known.')
    await expect(ask('what about the')).rejects.toThrow('No answer to that is known.')
    expect(await ask('years')).toMatchObject({ status: 'several' })
  })
})

it('an answer may belong to some instances only', () => {
  const [park, menu] = answers
  const given = [park!, { ...menu!, modes: ['frontDesk'] }]
  expect(answersFor(given, 'frontDesk')).toEqual(given)
  expect(answersFor(given, 'menu')).toEqual([park])
})
