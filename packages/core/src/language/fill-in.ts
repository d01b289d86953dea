/**
 * The sentence with its `{names}` filled in. Names without a value stay as they are; a value that contains `{name}` itself is
 * not filled in again.
 */
export const fillIn = (sentence: string, values: Readonly<Record<string, string>>): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole))
