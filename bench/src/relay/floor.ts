import { createServer } from 'node:http'
import { WebSocket, WebSocketServer, type RawData } from 'ws'

// The floor: the least a program can do to join the two sockets. It parses no JSON, keeps no books, checks no signature,
// sends no marks and cannot be interrupted. What the gateway costs is told as a multiple of this.

const { PORT, OPENAI_REALTIME_URL } = process.env
const modelUrl = OPENAI_REALTIME_URL ?? ''

interface Pair {
  readonly model: WebSocket
  caller?: WebSocket
  streamSid?: string
  /** The greeting, until the caller is there. */
  held: string[]
}
const pairs = new Map<string, Pair>()

const between = (text: string, key: string): string => {
  const from = text.indexOf(key) + key.length
  return text.slice(from, text.indexOf('"', from))
}
const textOf = (data: RawData): string => (data as Buffer).toString('latin1')

const toCaller = (pair: Pair, payload: string): void =>
  pair.caller!.send(`{"event":"media","streamSid":"${pair.streamSid}","media":{"payload":"${payload}"}}`)

const open = (token: string): void => {
  const model = new WebSocket(modelUrl, { perMessageDeflate: false })
  const pair: Pair = { model, held: [] }
  pairs.set(token, pair)
  model.on('error', () => model.terminate())
  model.on('open', () => {
    model.send('{"type":"session.update","session":{"type":"realtime"}}')
    model.send('{"type":"response.create"}')
  })
  model.on('message', (data) => {
    const text = textOf(data)
    if (!text.includes('"response.output_audio.delta"')) return
    const payload = between(text, '"delta":"')
    if (pair.streamSid === undefined) pair.held.push(payload)
    else toCaller(pair, payload)
  })
}

const attach = (pair: Pair, caller: WebSocket): void => {
  pair.caller = caller
  caller.on('error', () => caller.terminate())
  caller.on('close', () => pair.model.close())
  caller.on('message', (data) => {
    const text = textOf(data)
    if (text.startsWith('{"event":"media"'))
      return (
        pair.model.readyState === WebSocket.OPEN &&
        pair.model.send(`{"type":"input_audio_buffer.append","audio":"${between(text, '"payload":"')}"}`)
      )
    if (!text.startsWith('{"event":"start"')) return
    pair.streamSid = between(text, '"streamSid":"')
    for (const payload of pair.held) toCaller(pair, payload)
    pair.held = []
  })
}

let rung = 0
const server = createServer((request, response) => {
  request.resume()
  if (request.url !== '/twiml') return response.end('ok')
  const token = String(++rung)
  open(token)
  return response.end(`<Response><Connect><Stream url="ws://127.0.0.1:${PORT}/media/${token}"/></Connect></Response>`)
})
const sockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false })
server.on('upgrade', (request, socket, head) => {
  const pair = pairs.get(request.url!.split('/').at(-1)!)
  if (!pair) return socket.destroy()
  sockets.handleUpgrade(request, socket, head, (caller) => attach(pair, caller))
})
server.listen(Number(PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
