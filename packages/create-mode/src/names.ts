const RESERVED = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  ),
)

/** The names a new mode goes by. */
export interface ModeNames {
  /** `order-line` */
  readonly name: string
  /** `orderLine`: its function, and its instance in gateway.config.ts. */
  readonly camel: string
  /** `OrderLine` */
  readonly pascal: string
}

/** What can be a mode's name becomes its names; otherwise a sentence for whoever typed it. */
export const namesOf = (name: string): ModeNames | string => {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name) || name.length > 40)
    return `"${name}" cannot be the name of a mode: use small letters, digits and hyphens, like order-line, up to 40.`
  const camel = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  if (RESERVED.has(camel)) return `"${name}" is a word of the language; choose another, like ${name}-line.`
  return { name, camel, pascal: camel[0]!.toUpperCase() + camel.slice(1) }
}
