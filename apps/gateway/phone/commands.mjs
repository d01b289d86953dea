/**
 * The commands of `./phone`, in the order of its help. `--help`, completion, docs/reference/commands.md and the build's programs
 * are made from this table. `.mjs`, and plain JavaScript that Node 16 reads, because this runs before the right Node is found.
 *
 * `about`: what it does, in one line. `file`: the program, from the repository's root. `args`: go before what was typed. `words`:
 * what may follow the name, for completion. `checkout`: needs the sources, so it is not in a build.
 *
 * @typedef {{
 *   readonly name: string
 *   readonly group: string
 *   readonly about: string
 *   readonly file: string
 *   readonly args?: readonly string[]
 *   readonly words?: readonly string[]
 *   readonly checkout?: true
 * }} Command
 */

/** @type {readonly Command[]} */
export const commands = [
  {
    name: 'dev',
    group: 'Run it',
    about: 'runs the gateway, and plays Twilio and the model where their credentials are missing',
    file: 'apps/gateway/dev/dev-command.ts',
    checkout: true,
  },
  {
    name: 'start',
    group: 'Run it',
    about: 'answers real calls: builds if need be, checks the environment, starts',
    file: 'apps/gateway/build/start.js',
    words: ['--background'],
  },
  {
    name: 'stop',
    group: 'Run it',
    about: 'lets live calls finish, then ends the gateway',
    file: 'apps/gateway/src/cli/stop-command.ts',
    words: ['--now'],
  },
  {
    name: 'restart',
    group: 'Run it',
    about: 'stops, makes sure that nobody holds the port, starts, and waits until calls are taken',
    file: 'apps/gateway/src/cli/restart-command.ts',
    words: ['--now'],
  },
  {
    name: 'status',
    group: 'Run it',
    about: 'says whether it runs, since when, and how many calls are up',
    file: 'apps/gateway/src/cli/status-command.ts',
    words: ['--json', '--wait'],
  },
  {
    name: 'logs',
    group: 'Run it',
    about: 'shows the log, to be read by people',
    file: 'apps/gateway/src/cli/logs-command.ts',
    words: ['--follow', '--call', '--problems'],
  },
  {
    name: 'doctor',
    group: 'Run it',
    about: 'goes through all that a call needs: what was found, and what to do',
    file: 'apps/gateway/src/cli/doctor-command.ts',
    words: ['--json', '--fix', '--yes'],
  },
  {
    name: 'backup',
    group: 'Run it',
    about: 'copies the database, also while calls run',
    file: 'packages/store-sqlite/src/cli/backup-command.ts',
  },
  {
    name: 'database',
    group: 'Run it',
    about: 'copies everything into another database, from SQLite to Postgres or back',
    file: 'apps/gateway/src/cli/database-command.ts',
    words: ['copy'],
  },
  {
    name: 'call',
    group: 'Call',
    about: 'rings the gateway from here with a synthesised caller, and shows what happens',
    file: 'packages/sim/src/cli.ts',
    args: ['call'],
    words: [
      '--to',
      '--say',
      '--interrupt',
      '--dtmf',
      '--audio',
      '--wait',
      '--hangup',
      '--report',
      '--strict',
      '--phrases',
      '--json',
    ],
    checkout: true,
  },
  {
    name: 'dial',
    group: 'Call',
    about: 'has the gateway call somebody',
    file: 'apps/gateway/src/cli/dial.ts',
    words: ['--scenario', '--context', '--name', '--from', '--mode'],
  },
  {
    name: 'calls',
    group: 'What happened',
    about: 'lists, shows, follows and exports calls',
    file: 'apps/gateway/src/cli/calls-command.ts',
    words: ['list', 'show', 'watch', 'export', '--number', '--outcome', '--problem', '--text', '--since'],
  },
  {
    name: 'why',
    group: 'What happened',
    about: 'puts together what is known of a call that went wrong',
    file: 'apps/gateway/src/cli/why-command.ts',
  },
  {
    name: 'replay',
    group: 'What happened',
    about: 'steps through a call that has ended, event by event',
    file: 'apps/gateway/src/cli/replay-command.ts',
    words: ['--all', '--check', '--export', '--accept'],
  },
  {
    name: 'messages',
    group: 'What happened',
    about: 'lists what callers left, says what is done, sends it again',
    file: 'apps/gateway/src/cli/messages-command.ts',
    words: ['list', 'show', 'done', 'undo', 'assign', 'deliver', 'export'],
  },
  {
    name: 'callers',
    group: 'What happened',
    about: 'says how much is kept of a caller, and deletes all of it',
    file: 'apps/gateway/src/cli/callers-command.ts',
    words: ['show', 'forget', '--yes'],
  },
  {
    name: 'appointments',
    group: 'What happened',
    about: 'lists what customer service has booked',
    file: 'apps/gateway/src/cli/appointments-command.ts',
    words: ['list'],
  },
  {
    name: 'settings',
    group: 'The business',
    about: 'sets the business while calls run: hours, people, answers, greetings; keeps every version',
    file: 'apps/gateway/src/cli/settings-command.ts',
    words: [
      'show',
      'templates',
      'new',
      'get',
      'set',
      'add',
      'remove',
      'check',
      'diff',
      'publish',
      'discard',
      'list',
      'restore',
      'export',
      'import',
      'compare',
      'reload',
    ],
  },
  {
    name: 'numbers',
    group: 'The business',
    about: 'says which number answers in which mode, and changes it while calls run',
    file: 'apps/gateway/src/cli/numbers-command.ts',
    words: ['list', 'set', 'remove', 'history'],
  },
  {
    name: 'customers',
    group: 'The business',
    about: 'imports and exports customers, sets the calendar',
    file: 'packages/mode-csr/src/cli/customers-command.ts',
    words: ['import', 'export', 'calendar'],
  },
  {
    name: 'greetings',
    group: 'The business',
    about: 'lists and removes recorded greetings',
    file: 'apps/gateway/src/cli/greetings-command.ts',
    words: ['list', 'remove'],
  },
  {
    name: 'phrases',
    group: 'The business',
    about: 'lists and records what callers hear when the model is silent',
    file: 'apps/gateway/src/cli/phrases-command.ts',
    words: ['list', 'record'],
  },
  {
    name: 'people',
    group: 'The business',
    about: 'keeps who may use these commands, their roles and keys, and shows what they did',
    file: 'apps/gateway/src/cli/people-command.ts',
    words: ['list', 'add', 'role', 'remove', 'key', 'revoke', 'audit', 'viewer', 'operator', 'manager', 'owner'],
  },
  {
    name: 'contacts',
    group: 'People we call',
    about: 'keeps the time zones and consents of people we call',
    file: 'apps/gateway/src/cli/contacts-command.ts',
    words: ['list', 'show', 'set-zone', 'consent', 'revoke', 'remove'],
  },
  {
    name: 'do-not-call',
    group: 'People we call',
    about: 'keeps the numbers that are never called',
    file: 'apps/gateway/src/cli/do-not-call-command.ts',
    words: ['list', 'add', 'remove', 'import', 'export'],
  },
  {
    name: 'openapi',
    group: 'Develop',
    about: 'writes docs/reference/openapi.json from the routes',
    file: 'apps/gateway/src/cli/openapi-command.ts',
    checkout: true,
  },
  {
    name: 'new-mode',
    group: 'Develop',
    about: 'writes the package of a new mode',
    file: 'packages/create-mode/src/cli.ts',
    checkout: true,
  },
  {
    name: 'sim',
    group: 'Develop',
    about: 'plays Twilio and the model for any gateway',
    file: 'packages/sim/src/cli.ts',
    words: ['serve', 'call'],
    checkout: true,
  },
]

/**
 * What the exit codes of every command mean.
 *
 * @type {readonly (readonly [code: number, meaning: string])[]}
 */
export const exitCodes = [
  [0, 'done'],
  [1, 'failed: the message says why'],
  [2, 'wrong usage: the message says what is right'],
  [3, 'no gateway is running'],
  [4, 'somebody else holds the port'],
  [130, 'interrupted by Ctrl-C'],
]
