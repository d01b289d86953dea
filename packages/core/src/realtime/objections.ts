/** A reason for a server to refuse us: the codes for it, what is refused, and what the operator can do. */
export interface Objection {
  readonly words: RegExp
  readonly what: string
  readonly cure: string
}

/** The API key; close code and HTTP status can also mean this one. */
export const KEY: Objection = {
  words:
    /^(?:(?:invalid|missing|incorrect|expired|revoked|disabled|no)_(?:api_?)?key|authentication_(?:error|failed)|invalid_authentication|unauthenticated|unauthorized|(?:invalid|expired|missing)_(?:auth_?|access_?)?token|token_expired|invalid_issuer|401)$/,
  what: 'the API key',
  cure: 'Check OPENAI_API_KEY.',
}

const objections: readonly Objection[] = [
  KEY,
  {
    words:
      /^(?:(?:missing|invalid|unknown|unsupported|deprecated|retired)_model|model_(?:not_found|not_available|not_supported|not_allowed|deprecated|retired|shut_?down|decommissioned)|deployment_?not_?found)$/,
    what: 'the model',
    cure: 'Check OPENAI_MODEL.',
  },
  {
    words:
      /^(?:insufficient_quota|quota_exceeded|insufficient_(?:credits?|balance|funds)|billing_\w+|payment_required)$/,
    what: 'to serve an account without credit',
    cure: 'Check the billing of the account that OPENAI_API_KEY belongs to.',
  },
  {
    words:
      /^(?:account|user|organi[sz]ation|project)_(?:deactivated|disabled|suspended|archived|not_found|not_verified|mismatch)$|^(?:invalid|mismatched|missing|unknown|unverified|no_such)_(?:organi[sz]ation|project)$|^organi[sz]ation_(?:must_be_verified|required)$/,
    what: 'the organization or project',
    cure: 'Check which one OPENAI_API_KEY belongs to, and that it may use this model.',
  },
  {
    words: /^(?:unsupported_(?:country|region|territory)\w*|country_not_supported|region_not_(?:supported|allowed))$/,
    what: 'to serve this country or region',
    cure: 'Run the gateway where it is served, or set OPENAI_REALTIME_URL.',
  },
  {
    words:
      /^(?:permission_(?:denied|error)|insufficient_(?:permissions?|scope)|missing_scopes?|access_denied|forbidden|403|request_forbidden|ip_not_(?:authorized|allowed))$/,
    what: 'what the API key is used for',
    cure: 'Check the permissions of OPENAI_API_KEY.',
  },
]

interface Words {
  readonly code?: string | undefined
  readonly type?: string | undefined
}

/** The objection that a server's code or type names; the code is more exact and comes first. */
export const objectionTo = ({
  code,
  type,
}: Words): { readonly objection: Objection; readonly word: string } | undefined => {
  for (const said of [code, type]) {
    const word = said?.toLowerCase()
    const objection = word === undefined ? undefined : objections.find(({ words }) => words.test(word))
    if (objection) return { objection, word: said! }
  }
  return undefined
}
