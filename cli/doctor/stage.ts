import { describeGate, gateOf } from '../events/gate.ts'
import { withLedger } from '../open-ledger.ts'
import type { Stage } from '../stage.ts'
import { bad, type Finding, good, unclear } from './finding.ts'

const TIMEOUT_MS = 15_000
/** Those of the sources are looked at with the sources. */
const OWN_SECRETS = ['LEDGER_KEY', 'CRM_PASSWORD']

/** What is deployed, from here: its secrets, whether it answers and can store, and what it knows of the CRM. */
export async function* examineStage(
  name: string,
  stage: Stage,
  environment: NodeJS.ProcessEnv,
): AsyncGenerator<Finding> {
  const { PUBLIC_URL = '', CRM_URL = '' } = stage.settings
  yield good('stage', `${name} is deployed, for the CRM at ${CRM_URL}`)
  yield* await secretFindings(name, stage)
  yield await health(PUBLIC_URL)
  yield await gate(name, environment)
}

async function secretFindings(name: string, stage: Stage): Promise<Finding[]> {
  const found = await stage.secrets(OWN_SECRETS)
  const missing = OWN_SECRETS.filter((one) => (found.get(one) ?? []).length === 0)
  if (missing.length === 0) return [good('secrets', OWN_SECRETS.join(', '))]
  return missing.map((one) => {
    const parameter = `/sage-crm-functions/${name}/${one}`
    const todo = `aws ssm put-parameter --type SecureString --name ${parameter} --value file://secret.txt`
    return bad('secrets', `${one} has no value`, todo)
  })
}

async function health(publicUrl: string): Promise<Finding> {
  const url = `${publicUrl}/health`
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' })
    if (status === 200) return good('health', `${url} answers 200: deliveries can be stored`)
    return bad('health', `${url} answers ${status}`, "look into the function's log: /aws/lambda/…-health")
  } catch (error) {
    const { cause, message } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    return bad(
      'health',
      `${url}: ${reason}`,
      'is the DNS record of your own name there? Is the stack complete?',
    )
  }
}

/** Whether the functions themselves reach the CRM is in the ledger: from here another network is asked. */
async function gate(name: string, environment: NodeJS.ProcessEnv): Promise<Finding> {
  const state = await withLedger({ stage: name }, environment, ({ ledger }) => gateOf(ledger.store).state())
  const said = describeGate(state)
  if (state.breaker.state !== 'closed')
    return bad('gate', said, 'npm run -s events -- status says since when')
  return state.lastSuccessAt === 0
    ? unclear('gate', said, 'send a form, then look again')
    : good('gate', said)
}
