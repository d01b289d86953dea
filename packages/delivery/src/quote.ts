/** Every character that some program shows as a new line. */
const LINE_BREAKS = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g

/** Invisible characters that change the place or order of others: control, direction, zero width, lone surrogates. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu

/** Short enough that no mail program wraps a line, which would leave a line without its mark. */
const LINE_LENGTH = 72

const wholeCharacters = (text: string, length: number): number =>
  /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length

/** Lines of at most `LINE_LENGTH`, broken between words where there are any. */
const wrapped = (line: string): string[] => {
  const lines: string[] = []
  let rest = line
  while (rest.length > LINE_LENGTH) {
    const space = rest.lastIndexOf(' ', LINE_LENGTH)
    const end = space > 0 ? space : wholeCharacters(rest, LINE_LENGTH)
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}

/**
 * Quotes a caller's words for a mail: every line begins with a mark, so that none looks like one of ours, and invisible
 * characters are removed.
 */
export const quoted = (text: string): string =>
  text
    .replaceAll(LINE_BREAKS, '\n')
    .split('\n')
    .flatMap((line) =>
      wrapped(
        line
          .replaceAll(UNSEEN, '')
          .replaceAll(/[\p{Zs}\t]+/gu, ' ')
          .trim(),
      ),
    )
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
