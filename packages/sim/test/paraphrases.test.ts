import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { understand } from '../src/meaning/understand.ts'
import { phrasesOf, type Dialogue } from '../src/realtime/dialogue.ts'
import { shippedDialogues } from '../src/realtime/find-dialogues.ts'
import { createEar } from '../src/speech/ear.ts'
import { speak } from '@llc-phone/virtual-carrier/voice'

/** In other words, by phrase; the clues were written with the first list in view, and nothing was changed for the second. */
type Paraphrases = Record<string, { paraphrases: string[]; heldOut: string[] }>

const paraphrasesOf = ({ mode }: Dialogue): Paraphrases =>
  JSON.parse(readFileSync(new URL(`paraphrases/${mode}.json`, import.meta.url), 'utf8')) as Paraphrases

const modes = ['outbound', 'csr', 'receptionist', 'ivr', 'fallback']
const dialogues = shippedDialogues()
  .filter(({ mode }) => modes.includes(mode))
  .map((dialogue) => [dialogue.mode, dialogue] as const)

/** About nothing that any mode knows. */
const unrelated = `
  the weather is lovely over here today | yes | no | bananas and oranges | could you repeat that for me | what did you say
  my neighbour has three cats | we went to the cinema last night | did you watch the football match | the train leaves at noon
  I think the soup needs salt | our garden is full of roses | she plays the violin very well | it rained all week in the mountains
  the library has many books | he painted the fence green | two plus two is four | the children are asleep | perhaps | um
  this song reminds me of summer | nothing rhymes with orange | the coffee tastes bitter | my shoes are too small
  let us talk about history | there is snow on the roof | you should read that novel | I lost my umbrella | please spell that
  the museum was crowded | what a strange colour | why is the sky blue | how many planets are there | they moved to Canada
  I cannot find my keys | I do not know`
  .split(/[|\n]/)
  .flatMap((line) => line.trim() || [])

describe.each(dialogues)('the %s dialogue', (_, dialogue) => {
  const lists = paraphrasesOf(dialogue)

  it('has ten paraphrases or more, and three more that were held out, for each of its phrases', () => {
    expect(Object.keys(lists).toSorted()).toEqual(phrasesOf(dialogue).toSorted())
    for (const [phrase, { paraphrases, heldOut }] of Object.entries(lists)) {
      expect(new Set(paraphrases).size, phrase).toBeGreaterThanOrEqual(10)
      expect(new Set(heldOut).size, phrase).toBeGreaterThanOrEqual(3)
      expect(heldOut.filter((line) => paraphrases.includes(line))).toEqual([])
    }
  })

  it('understands each phrase and each paraphrase as that phrase, and as no other', () => {
    const confused = Object.entries(lists).flatMap(([phrase, { paraphrases }]) =>
      [phrase, ...paraphrases]
        .map((line) => ({ line, wanted: phrase, understood: understand(dialogue, line).phrase }))
        .filter(({ understood }) => understood !== phrase),
    )
    expect(confused).toEqual([])
  })

  it('understands 19 in 20 of those held out, and takes none for another phrase', () => {
    const heldOut = Object.entries(lists).flatMap(([phrase, list]) =>
      list.heldOut.map((line) => ({ line, wanted: phrase, understood: understand(dialogue, line).phrase })),
    )
    expect(heldOut.filter(({ wanted, understood }) => understood !== undefined && understood !== wanted)).toEqual([])
    const understood = heldOut.filter((one) => one.understood !== undefined).length
    expect(understood / heldOut.length).toBeGreaterThanOrEqual(0.95)
  })

  it('understands nothing that it has no answer to', () => {
    expect(unrelated.filter((line) => understand(dialogue, line).phrase !== undefined)).toEqual([])
  })

  it('hears them in the audio of a caller of this process, two of each phrase and all that is strange', async () => {
    const spoken = Object.values(lists).flatMap(({ paraphrases, heldOut }) => [paraphrases[0]!, heldOut[0]!])
    const lines = [...spoken, ...unrelated.slice(0, 6)].map((text) => ({ text, voice: 'rms' as const }))
    const meaning = (text: string) => understand(dialogue, text).phrase
    let announced: typeof lines = []
    const ear = await createEar({ phrases: phrasesOf(dialogue), lines: { list: () => announced, meaning } })
    for (const line of lines) {
      announced = [line]
      const heard = await ear.hear(await speak(line.text, 'rms'))
      expect(heard?.phrase, line.text).toBe(meaning(line.text))
      if (heard && heard.phrase !== line.text) expect(heard.said).toBe(line.text)
    }
    ear.close()
  }, 60_000)
})
