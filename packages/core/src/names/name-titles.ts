const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean))

/** What is said before a name and is none, as it is compared. What is also somebody's first name is not in it: Dean, Duke, Sri. */
export const titles = list(`
  mr mister mrs missus missis ms miss mx sir madam maam dame lady lord rev reverend honorable honourable sister father
  dr drs doctor prof professor capt captain cpt col colonel lt lieutenant sgt sergeant cmdr commander rabbi
  herr herrn hr frau fr frl fraulein dipl ing ir mag maga drin dott dottore dottoressa
  dottssa profssa avv mgr mudr judr phdr rndr dra doctora doutor doutora lic arq
  sr senor senora sra senorita dna srta senhor senhora signor signore signora signorina sigra
  monsieur madame mme mademoiselle mlle maitre
  mevrouw mevr mw dhr meneer mijnheer fru froken pani smt shri
`)

/** What follows a title and belongs to it: "Prof. Dr. med. dent. Anna Keller". */
export const titleParts = list('med dent phil jur rer nat habil mult univ')

/** Titles that are first names too; they are left out only where first and last name remain. */
export const doubtfulTitles = list('don dona hon sheikh sheikha sig السيد السيدة الدكتور الدكتورة الاستاذ الاستاذة')

/** What is written behind a name and is none. */
export const degrees = list('phd md dds dmd esq esquire mba cpa dvm llm jd rn msc bsc')

/** Which of those with the same name, by how it is compared. Somebody may leave it out; two different ones are two people. */
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
