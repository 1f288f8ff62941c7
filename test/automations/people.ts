import type { Automated } from '../support/automations.ts'
import { changeCrm } from '../support/crm.ts'
import { wallAt } from './office-clock.ts'

const DAY_MS = 86_400_000
const STAGES = ['Queued', 'Investigating', 'Waiting', 'Waiting', 'Confirmed']

/** Those who work in the simulated CRM: on each working day they make, touch, answer and close what there is. */
export class People {
  readonly #crm: Automated
  #state: number
  #day = 0

  constructor(crm: Automated, seed: number) {
    this.#crm = crm
    this.#state = seed % 2_147_483_647
  }

  async work(atMs: number): Promise<void> {
    this.#day += 1
    if (['Sat', 'Sun'].includes(wallAt(atMs).weekday)) return
    await this.#makeNew(atMs)
    await this.#touchCases()
    await this.#answer()
  }

  /** The next number of a sequence that is always the same: Park and Miller's. */
  #below(most: number): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647
    return this.#state % most
  }

  async #makeNew(atMs: number): Promise<void> {
    const inDays = (days: number) => new Date(atMs + days * DAY_MS).toISOString().slice(0, 19).concat('Z')
    const add = this.#crm.add
    for (let one = 0; one < 2; one += 1)
      await add('Cases', {
        case_description: `Case of day ${this.#day}`,
        case_targetclose: inDays(1 + this.#below(6)),
        case_assigneduserid: 1,
      })
    if (this.#day % 3 !== 0) return
    const opportunity = await add('Opportunity', {
      oppo_description: `Opportunity of day ${this.#day}`,
      oppo_assigneduserid: 1,
    })
    await add('Quotes', {
      quot_opportunityid: Number(opportunity),
      quot_description: `Quote of day ${this.#day}`,
      quot_expirationdate: inDays(2 + this.#below(12)),
    })
  }

  async #touchCases(): Promise<void> {
    const open = (await this.#crm.all('Cases')).filter((one) => one['Case_Status'] === 'In Progress')
    const some = open.filter(() => this.#below(5) === 0)
    for (const one of some) {
      const isDone = this.#below(3) === 0
      const fields = isDone
        ? { case_status: 'Closed', case_stage: 'Solved' }
        : { case_stage: STAGES[this.#below(STAGES.length)] }
      await changeCrm(this.#crm.emulator, `Cases('${one['$key']}')`, fields)
    }
  }

  /** Some tasks are done, some quotes get more time, some opportunities are won. */
  async #answer(): Promise<void> {
    const { emulator, all } = this.#crm
    for (const one of await all('Communication'))
      if (one['Comm_Status'] === 'Pending' && this.#below(12) === 0)
        await changeCrm(emulator, `Communication('${one['$key']}')`, { comm_status: 'Complete' })
    for (const one of await all('Opportunity'))
      if (one['Oppo_Status'] === 'In Progress' && this.#below(40) === 0)
        await changeCrm(emulator, `Opportunity('${one['$key']}')`, { oppo_status: 'Won' })
  }
}
