/** Reads TwiML: verbs in order, refused like Twilio's 12100 when it is not what the stand-in can run. */
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { TwilioFailure } from './types.ts'

/** One element of a document. */
export interface TwimlNode {
  name: string
  attributes: Record<string, string>
  children: TwimlNode[]
  text: string
}

const MAX_DOCUMENT_BYTES = 64 * 1024
const spoken = ['Say', 'Play', 'Pause']

/** Which verbs there are, and what may stand inside each. */
const grammar: Record<string, readonly string[]> = {
  Response: [
    'Connect',
    'Dial',
    'Gather',
    'Hangup',
    'Pause',
    'Play',
    'Record',
    'Redirect',
    'Reject',
    'Say',
    'Start',
    'Stop',
  ],
  Connect: ['Stream'],
  Start: ['Stream', 'Recording'],
  Stop: ['Stream', 'Recording'],
  Stream: ['Parameter'],
  Dial: ['Number', 'Conference', 'Client', 'Sip'],
  Gather: spoken,
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
})

/** Parses a document into its verbs; throws a `TwilioFailure` (12100 document, 11750 too large). */
export function parseTwiml(document: string): TwimlNode[] {
  if (Buffer.byteLength(document) > MAX_DOCUMENT_BYTES) throw new TwilioFailure(11750, 'TwiML response body too large')
  const verdict = document.trim() === '' ? 'empty document' : XMLValidator.validate(document)
  if (verdict !== true) {
    const reason = typeof verdict === 'string' ? verdict : `${verdict.err.msg} (line ${verdict.err.line})`
    throw new TwilioFailure(12100, `Document parse failure: ${reason}`)
  }
  const roots = (parser.parse(document) as RawNode[]).map(toNode).filter((node) => node.name !== '#text')
  const [root] = roots
  if (roots.length !== 1 || root?.name !== 'Response') {
    throw new TwilioFailure(12100, `Document parse failure: <Response> expected, found <${root?.name ?? ''}>`)
  }
  checkGrammar(root)
  return root.children
}

type RawNode = Record<string, RawNode[] | string | Record<string, string>>

function toNode(raw: RawNode): TwimlNode {
  const name = Object.keys(raw).find((key) => key !== ':@') ?? '#text'
  const content = raw[name]
  if (typeof content === 'string') return { name, attributes: {}, children: [], text: content }
  const nodes = ((content ?? []) as RawNode[]).map(toNode)
  return {
    name,
    attributes: (raw[':@'] as Record<string, string> | undefined) ?? {},
    children: nodes.filter((node) => node.name !== '#text'),
    text: nodes
      .filter((node) => node.name === '#text')
      .map((node) => node.text)
      .join(' ')
      .trim(),
  }
}

function checkGrammar(node: TwimlNode): void {
  const allowed = grammar[node.name] ?? []
  for (const child of node.children) {
    if (!allowed.includes(child.name)) {
      throw new TwilioFailure(12100, `Document parse failure: <${child.name}> is not allowed in <${node.name}>`)
    }
    checkGrammar(child)
  }
}
