export { fakeClock, settle, type FakeClock } from './fake-clock.ts'
export { linkedSockets, type LinkedSocket } from './linked-sockets.ts'
export { scriptedModel, type ScriptedConnection } from './scripted-model.ts'
export { testMode } from './test-mode.ts'
