/** Area codes of the United States; 555-0100 to 555-0199 are fictional in every one. */
const AREA_CODES = [202, 212, 213, 303, 305, 312, 404, 503, 617, 702, 206, 313, 602, 612, 713, 801, 916, 919, 504, 615]
const PER_AREA = 100

/** How many people there are to call. */
export const MAX_CALLEES = AREA_CODES.length * PER_AREA

/** A fictional number of its own for each index. */
export const calleeNumber = (index: number): string =>
  `+1${AREA_CODES[Math.floor(index / PER_AREA)]}55501${String(index % PER_AREA).padStart(2, '0')}`

/** Whose number that is. */
export const calleeIndex = (number: string): number =>
  AREA_CODES.indexOf(Number(number.slice(2, 5))) * PER_AREA + Number(number.slice(-2))
