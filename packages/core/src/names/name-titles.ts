const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean))

/** Titles before a name, normalised. Without those that are also first names: Dean, Duke, Sri. */
export const titles = list(`
  mr mister mrs missus missis ms miss mx sir madam maam dame lady lord rev reverend honorable honourable sister father
  dr drs doctor prof professor capt captain cpt col colonel lt lieutenant sgt sergeant cmdr commander rabbi
  herr herrn hr frau fr frl fraulein dipl ing ir mag maga drin dott dottore dottoressa
  dottssa profssa avv mgr mudr judr phdr rndr dra doctora doutor doutora lic arq
  sr senor senora sra senorita dna srta senhor senhora signor signore signora signorina sigra
  monsieur madame mme mademoiselle mlle maitre
  mevrouw mevr mw dhr meneer mijnheer fru froken pani smt shri
`)

/** Words that follow a title and belong to it: "Prof. Dr. med. dent. Anna Keller". */
export const titleParts = list('med dent phil jur rer nat habil mult univ')

/** Titles that are first names too; removed only if a first and a last name remain. */
export const doubtfulTitles = list('don dona hon sheikh sheikha sig السيد السيدة الدكتور الدكتورة الاستاذ الاستاذة')

/** Titles and degrees after a name. */
export const degrees = list('phd md dds dmd esq esquire mba cpa dvm llm jd rn msc bsc')

/** Generations (Jr., III), normalised. One may be left out; two different ones mean two people. */
export const generations: ReadonlyMap<string, string> = new Map([
  ['jr', 'junior'],
  ['jnr', 'junior'],
  ['junior', 'junior'],
  ['sr', 'senior'],
  ['snr', 'senior'],
  ['senior', 'senior'],
  ['ii', '2'],
  ['2nd', '2'],
  ['iii', '3'],
  ['3rd', '3'],
  ['iv', '4'],
  ['4th', '4'],
])

/** Generations that are last names too. */
export const doubtfulGenerations = list('junior senior ii iv')
