import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { promisify } from 'node:util'
import { SAMPLE_FORM } from '../../cli/send.ts'
import { type Installation, type Instance, until } from '../../local/installation.ts'

const CLI = path.join(import.meta.dirname, '../../cli/main.ts')
const POSTS = 200
const AT_ONCE = 16
/** The group is killed after this many answers, so in the middle of the posts. */
const KILL_AFTER = 60

type Answer = { reference: string; outcome: string; first?: string; caseId?: string }
type Say = (line: string) => void
type CrmRow = Record<string, unknown>

/** The README's walk-through with real processes; every sentence of it is checked. */
export async function walk(installation: Installation, say: Say): Promise<void> {
  let instance = await installation.start()
  say(`started: ${instance.url}, Sage CRM at ${instance.crm}`)
  await formBecomesCase(instance, say)
  await sameSubmissionIsOneCase(instance, say)
  await orderBecomesQuote(installation, instance, say)
  await outageIsSurvived(instance, say)
  instance = await killedAndStartedAgain(installation, instance, say)
  await stoppedAndStartedAgain(installation, instance, say)
}

async function formBecomesCase(instance: Instance, say: Say): Promise<void> {
  const answer = await post(instance, { ...SAMPLE_FORM })
  assert.equal(answer.outcome, 'done')
  const found = await readCrm(instance, `Cases('${answer.caseId}')`)
  assert.ok(Number(found['Case_PrimaryPersonId']) > 0, 'the case has its person')
  assert.ok(Number(found['Case_PrimaryCompanyId']) > 0, 'the case has its company')
  assert.match(JSON.stringify(found), /could you send us a quote for 40 routers/, 'the case shows the note')
  say(`a form became case ${answer.caseId} with person, company and note`)
}

async function sameSubmissionIsOneCase(instance: Instance, say: Say): Promise<void> {
  const before = await countCases(instance)
  const form = { ...SAMPLE_FORM, submission_id: randomUUID() }
  const first = await post(instance, form)
  const second = await post(instance, form)
  assert.deepEqual([first.outcome, second.outcome, second.first], ['done', 'duplicate', 'done'])
  assert.equal(second.caseId, first.caseId)
  assert.equal(await countCases(instance), before + 1)
  say(`the same submission id twice: one case (${second.caseId})`)
}

async function orderBecomesQuote({ folder }: Installation, instance: Instance, say: Say): Promise<void> {
  const before = await count(instance, 'Quotes')
  const args = [CLI, 'send', 'shopify', 'orders-create', '--data', folder]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  assert.match(stdout, /→ 200 .*"outcome":"queued"/)
  await until('the quote appears', async () =>
    (await count(instance, 'Quotes')) > before ? true : undefined,
  )
  say('an order signed as Shopify signs became a quote')
}

async function outageIsSurvived(instance: Instance, say: Say): Promise<void> {
  const before = await countCases(instance)
  await control(instance, 'stop')
  const answer = await post(instance, { ...SAMPLE_FORM, submission_id: randomUUID() })
  assert.equal(answer.outcome, 'queued')
  say('the CRM stopped: the form is queued')
  await control(instance, 'start')
  const startedAt = performance.now()
  await until('the case appears', async () => ((await countCases(instance)) > before ? true : undefined))
  say(`the CRM started: the case appeared by itself after ${seconds(startedAt)} s`)
  assert.equal(await countCases(instance), before + 1)
}

async function killedAndStartedAgain(
  installation: Installation,
  instance: Instance,
  say: Say,
): Promise<Instance> {
  const before = await countCases(instance)
  const forms = Array.from({ length: POSTS }, (_, index) => ({
    email: `visitor${index}@example.com`,
    message: `Message ${index}`,
    submission_id: randomUUID(),
  }))
  const answered = await postUntilKilled(instance, forms, installation)
  say(`killed all processes after ${answered.size} of ${POSTS} answers`)
  const again = await installation.start()
  const startedAt = performance.now()
  await postAll(
    again,
    forms.filter((form) => !answered.has(form.submission_id)),
  )
  await until('every case is there', async () =>
    (await countCases(again)) >= before + POSTS ? true : undefined,
  )
  say(`started again, the unanswered ones sent again: ${POSTS} cases after ${seconds(startedAt)} s`)
  await until('no event is in flight', async () => ((await inFlight(installation)) === 0 ? true : undefined))
  assert.equal(await countCases(again), before + POSTS, `exactly ${POSTS} cases`)
  for (const { message } of forms) await isOneCase(again, message)
  say(`nothing is in flight any more: still exactly ${POSTS} cases`)
  return again
}

async function stoppedAndStartedAgain(installation: Installation, instance: Instance, say: Say) {
  const before = await countCases(instance)
  await installation.interrupt()
  await until('no process is left', async () => (installation.isAlive() ? undefined : true), 5_000)
  assert.equal(await isListening(instance), false, 'nothing listens any more')
  say('Ctrl-C: stopped, no process of it is left')
  assert.equal(await countCases(await installation.start()), before)
  await installation.interrupt()
  say('started again: everything is still there')
}

type Form = Record<string, string> & { submission_id: string }

/** Ids of the submissions that were answered before the kill. */
async function postUntilKilled(instance: Instance, forms: readonly Form[], installation: Installation) {
  const answered = new Set<string>()
  let killed: Promise<void> | undefined
  await inParallel(forms, async (form) => {
    if (killed !== undefined) return
    try {
      await post(instance, form)
      answered.add(form.submission_id)
    } catch {
      return
    }
    if (answered.size >= KILL_AFTER) killed ??= installation.kill()
  })
  await killed
  assert.ok(answered.size < forms.length, 'the kill came in the middle')
  return answered
}

async function postAll(instance: Instance, forms: readonly Form[]): Promise<void> {
  await inParallel(forms, async (form) => {
    await post(instance, form)
  })
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of left) await work(item)
  })
  await Promise.all(workers)
}

async function post(instance: Instance, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${instance.url}/forms/contact`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { accept: 'application/json' },
  })
  assert.equal(response.status, 200, 'every delivery is answered 200')
  return (await response.json()) as Answer
}

async function control({ control: address }: Instance, word: 'stop' | 'start'): Promise<void> {
  const response = await fetch(`${address}/crm/${word}`, { method: 'POST' })
  assert.equal(response.status, 200, await response.text())
}

async function countCases(instance: Instance): Promise<number> {
  return count(instance, 'Cases')
}

async function count(instance: Instance, resource: string): Promise<number> {
  return Number((await readCrm(instance, `${resource}?count=1`))['$totalResults'])
}

async function readCrm({ crm }: Instance, resource: string): Promise<CrmRow> {
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`
  const response = await fetch(`${crm}/${resource}`, { headers: { authorization } })
  assert.equal(response.status, 200, resource)
  return (await response.json()) as CrmRow
}

async function isOneCase(instance: Instance, message: string): Promise<void> {
  const where = encodeURIComponent(`Case_Description eq 'Contact form: ${message}'`)
  const found = await readCrm(instance, `Cases?count=1&where=${where}`)
  assert.equal(found['$totalResults'], 1, `one case of "${message}"`)
}

async function inFlight(installation: Installation): Promise<number> {
  const { withLedger } = await import('../../cli/open-ledger.ts')
  const records = await withLedger({ data: installation.folder }, {}, ({ ledger }) =>
    Array.fromAsync(ledger.events()),
  )
  return records.filter(({ state }) => state === 'received' || state === 'waiting').length
}

async function isListening(instance: Instance): Promise<boolean> {
  const asked = [`${instance.url}/health`, instance.crm, instance.control].map((url) =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(asked)).includes(true)
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}
