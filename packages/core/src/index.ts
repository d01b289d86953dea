export { FRAME_BYTES, SILENCE_BYTE, ULAW_BYTES_PER_MS, base64Bytes, isBase64, silence } from './audio.ts'
export { inTime, pause, retried, systemClock, type Clock, type Timer } from './clock.ts'
export { didYouMean, nearestName } from './names/nearest-name.ts'
export { e164, maskNumber, tryE164, type E164 } from './telephone/e164.ts'
export { meantE164, notE164 } from './telephone/meant-number.ts'
export { GatewayError, gatewayErrorCodes, type Fault, type GatewayErrorCode } from './errors.ts'
export { issueSentences } from './issues.ts'
export { isLoopback } from './loopback.ts'
export { wholeFrames } from './whole-frame.ts'
export * as wireBytes from './wire-bytes.ts'
export { isAmong, isSameText } from './names/fold.ts'
export type { CallFacts } from './facts.ts'
export type { Grant } from './mode/grant.ts'
export {
  defineMode,
  type Briefing,
  type Mode,
  type ModeDefinition,
  type Patience,
  type TurnTaking,
} from './mode/mode.ts'
export type {
  CallUsage,
  HeardPart,
  CallKind,
  ConnectionPurpose,
  ModelCapabilities,
  ModelCommand,
  ModelConnection,
  ModelEvent,
  ModelListener,
  ModelProvider,
  ModelQuota,
  HistoryItem,
  SessionConfig,
  TokenUsage,
  ToolSpec,
  TranscriptionUsage,
  TurnDetection,
} from './model.ts'
export {
  answeredByVerdicts,
  endOf,
  type AcceptLine,
  PlacingFailed,
  type AnsweredBy,
  type Carrier,
  type Instruction,
  type LegStatus,
  type Line,
  type LineCapabilities,
  type LineConnection,
  type LineListener,
  type PlacedLeg,
  type StrayLeg,
  type Placing,
  type PlacingFailure,
} from './line.ts'
export type {
  Arrival,
  Arrived,
  CallElsewhere,
  LegReport,
  LineHost,
  LineHttp,
  LineLog,
  OurNumbers,
  Recording,
  TurnedAway,
  LostLeg,
  LostMedia,
  UnknownLeg,
} from './call/line-host.ts'
export {
  CallRefused,
  consentPurposes,
  gates,
  type CallPlan,
  type ConsentPurpose,
  type Gate,
  type MachinePlan,
  type OutboundMode,
  type OutboundRequest,
} from './mode/outbound.ts'
export { phraseKeys, type Phrase, type PhraseBook, type PhraseKey, type RecordedPhrase } from './phrases.ts'
export { fillIn } from './language/fill-in.ts'
export type { LanguageFile, TimeOfDay } from './language/language-file.ts'
export {
  defaultLanguage,
  isLanguage,
  languageCodes,
  languageOf,
  languages,
  languageSchema,
  timeOfDayIn,
  wordsIn,
  type Language,
} from './language/languages.ts'
export type { GreetingBook, RecordedGreeting, SpokenGreeting, WantedGreeting } from './greetings.ts'
export { numberFromNetwork } from './telephone/network-number.ts'
export { typedNumber, type TypedNumber } from './telephone/typed-number.ts'
export { directorySchema, type Absence, type DirectoryEntry } from './mode/directory.ts'
export {
  defineKind,
  instanceSchema,
  type InstanceSettings,
  type Kind,
  type ModeKind,
  type OutboundKind,
  type SharedSettings,
} from './mode/kind.ts'
export { ModeInvalid, type SettingProblem } from './mode/mode-invalid.ts'
export { answersFor, answersSchema, answerTools, areLookedUp, type Answer } from './mode/answers.ts'
export { whatYouKnow } from './mode/knowledge.ts'
export { fixed, live, renderPrompt, type Section } from './mode/prompt.ts'
export {
  hangUpTool,
  keepListeningTool,
  labelsOf,
  pressKeysTool,
  ringingAnswer,
  transferTool,
  warmTransferTool,
  type TransferOptions,
} from './mode/route-tools.ts'
export { isPerson, reachOf, type PersonRoute, type Route, type Routes, type VoicemailRoute } from './route.ts'
export {
  defineTool,
  notComplete,
  ToolError,
  nowOf,
  writesWhen,
  type CallControl,
  type Tool,
  type ToolContext,
} from './mode/tool.ts'
export type {
  AwayKind,
  AwayReport,
  Consultation,
  Departure,
  Disposition,
  LastWords,
  TransferOutcome,
} from './departure.ts'
export { createEventQueue } from './call/event-queue.ts'
export type { CallEffect, CallEvent, OperatorTransfer } from './call/events.ts'
export type { CallPhase, CallState } from './call/state.ts'
export { attempt } from './mode/attempt.ts'
export {
  businessSchema,
  closingTime,
  isOpen,
  localDate,
  localTime,
  nextOpening,
  openingOf,
  spokenDayOf,
  spokenMoment,
  spokenRanges,
  spokenUntil,
  timeZoneSchema,
  type Business,
  type BusinessTimes,
} from './time/business.ts'
export { closuresSchema, lastDayOf, type Closure } from './time/closures.ts'
export { closedDays, officeNow } from './time/office-now.ts'
export { isRouteOpen, nextRouteOpening } from './mode/route-opening.ts'
export { DAY_NAMES, monthNamed, WEEKDAYS } from './time/calendar-names.ts'
export {
  clockTimesOf,
  dayHoursSchema,
  rangeBetween,
  readDayHours,
  weeklyHoursSchema,
  weekOf,
  weekOfDays,
  type DayHours,
  type OpenRange,
  type Week,
  type WeeklyHours,
} from './time/hours.ts'
export { closureOn } from './time/closures.ts'
export { isOpenAt, nextClosingAt, nextOpeningAt, rangesAt, type Opening } from './time/opening.ts'
export { dayStart, isTimeZone, nightOf, prepareZone } from './time/zone-offsets.ts'
export { findByName, fullName, isPartOfName, isSameName, splitName, type PersonName } from './names/names.ts'
export {
  messageKinds,
  takeMessageTool,
  type Message,
  type MessageBook,
  type MessageKind,
  type StoredMessage,
} from './mode/messages.ts'
export { callOptionsSchema, checkSettings, portSchema, type CallOptions } from './mode/mode-settings.ts'
export { extensionSchema, numberSchema, routesSchema } from './mode/route-settings.ts'
export { callBackTelephone, neededTelephone } from './telephone/call-back.ts'
export {
  clocksDiffer,
  spokenDate,
  spokenDateTime,
  spokenNow,
  spokenTime,
  spokenTimeFor,
  zoneName,
} from './time/spoken-time.ts'
export { oneLine, plainText, quotedText, spokenName } from './text/plain-text.ts'
export { spokenStyle } from './mode/spoken-style.ts'
export {
  readTelephone,
  sayTelephone,
  spokenDigits,
  spokenNumber,
  spokenTelephone,
  telephoneText,
  type Telephone,
} from './telephone/telephone.ts'
export {
  isPast,
  localMinute,
  localMoment,
  MAX_AHEAD_MS,
  pastSentence,
  readWish,
  sayNotJustThen,
  unmetByDate,
  unmetByHours,
  wishedTimeInput,
  wishedZone,
  wishedZoneInput,
  type UnmetWish,
  type WishedTime,
} from './time/wish.ts'
export { codeOf, latencyMeasures, type CallNotice, type LatencyMeasure } from './call/observer.ts'
export type { RefreshResult } from './call/steps/refresh.ts'
export type { LogEntry, RecordedEvents } from './call/log/event-recorder.ts'
export { formatLog, LOG_VERSION, parseLog, type EventLog, type LogHead } from './call/log/log-file.ts'
export { shareableLog, storableLog } from './call/log/masks.ts'
export {
  changesBetween,
  differencesIn,
  redecided,
  replay,
  type Difference,
  type ReplayedStep,
} from './call/log/replay.ts'
export type { CallerSpeech, CallProblem, CallStory, PhaseTime, ToolRun, Turn } from './call/call-story.ts'
export { fallbackOutcome, type LegNews } from './call/aftermath.ts'
export type { CallOrigin, StoryOrigin } from './call/origin.ts'
export type { Transfer } from './call/transfers.ts'
export type { CallChanges, CallStep, NextOfCall, RememberedCall, ResumePlan } from './call/memory.ts'
export { readPlan, readStep } from './call/read-plan.ts'
export {
  createCallRegistry,
  type CallRegistry,
  type CallRequest,
  type OutboundCallRequest,
  type RegistryOptions,
  type ResumeRequest,
} from './call/registry.ts'
export type { LoadLevel, LoadSample } from './call/brake.ts'
export { createBudget, type Budget } from './budget.ts'
export { createRoom, noRoomReasons, unlimited, type NoRoom, type Room, type RoomLimits } from './call/room.ts'
export { endedOnPurpose } from './call/instruction.ts'
export type { CallSession } from './call/session.ts'
export type { OperatorAct } from './call/operator-acts.ts'
export type { TrackBlock, TrackListener } from './call/tracks.ts'
export type { PrewarmResult } from './call/steps/connecting.ts'
export { realtimeProvider, type RealtimeProvider, type RealtimeProviderOptions } from './realtime/provider.ts'
export { openingToolProblems } from './mode/opening-tools.ts'
export {
  businessWords,
  greetingProblem,
  renderGreeting,
  timeOfDay,
  type GreetingWords,
} from './mode/greeting-template.ts'
export { promptSizeLine, promptSizeOf, type PromptSize } from './mode/prompt-size.ts'
export { withBreaker, type BreakerOptions, type GuardedProvider } from './model-server/breaker.ts'
export { withPool, type PooledProvider, type PoolOptions, type PoolOutcome } from './model-server/pool.ts'
export type { Outage } from './model-server/breaker-state.ts'
export type { ModelProfile, Untaken } from './realtime/profile.ts'
export {
  asKeywords,
  mergeTuning,
  type Effort,
  type Memory,
  type ModelTuning,
  type ModelWishes,
  type Transcription,
} from './tuning.ts'
