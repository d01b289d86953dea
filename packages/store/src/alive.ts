/** How processes that use one database tell whether another of them is dead: the system closes what a dead one listened on. */
export interface Alive {
  /** The processes run on several machines: signs in the database decide, by its clock, and a carrier that asks here is answered here. */
  readonly spansMachines?: true
  /** The name to find this process by; absent where it cannot listen, as on a file system without sockets. */
  readonly address?: string
  /** Whether a process listens at this address; `unknown` when that cannot be told. */
  ask(address: string): Promise<'alive' | 'dead' | 'unknown'>
  /** Removes what a dead process has left. */
  forget(address: string): Promise<void>
  close(): void
}
