/** A token that is shorter can be guessed; that of `./phone dev` is one, and known to everybody. */
export const LEAST_TOKEN_CHARACTERS = 16
