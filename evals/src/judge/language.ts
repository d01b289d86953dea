/** Small words that only one of the two languages has. */
const WORDS = {
  en: 'the and is are you your for with this that what how can will please have would thank'.split(' '),
  es: 'el la los las un una es está usted su para con por qué cómo puedo puede quiere gracias hola de que en'.split(
    ' ',
  ),
} as const

/** The language a text is in; `undefined` when it is too short to tell. */
export const languageOf = (text: string): keyof typeof WORDS | undefined => {
  const words = text.toLowerCase().split(/[^\p{L}]+/u)
  const [en, es] = [WORDS.en, WORDS.es].map(
    (known) => words.filter((word) => (known as readonly string[]).includes(word)).length,
  ) as [number, number]
  if (Math.max(en, es) < 2 || en === es) return undefined
  return en > es ? 'en' : 'es'
}
