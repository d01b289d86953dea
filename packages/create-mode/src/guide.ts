/** Fills every listing that names its file, `<!-- examples/… -->` above the fence, with that file's text. */
export const fillGuide = (guide: string, readFile: (path: string) => string): string =>
  guide.replaceAll(
    /(<!-- (examples\/\S+) -->\n+```(\w+)\n)[^]*?(?=^```$)/gm,
    (_, head: string, path: string) => `${head}${readFile(path).trimEnd()}\n`,
  )
