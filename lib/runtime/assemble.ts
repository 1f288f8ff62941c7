import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import integration from '../../integration.config.ts'
import type { IntegrationConfig } from '../config/config.ts'
import { createCrmClient } from '../crm/client.ts'
import { Gate } from '../delivery/gate.ts'
import { Ledger } from '../delivery/ledger.ts'
import { naturalKeys } from '../delivery/natural-keys.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { Slots } from '../delivery/slots.ts'
import { planWhenNeeded } from '../plans/when-needed.ts'
import { loadSource } from '../sources/index.ts'
import { crmLogon } from './crm-logon.ts'
import { type Environment, readEnvironment } from './env.ts'
import { keyedHash } from './keyed-hash.ts'
import { ledgerBirth } from './ledger-birth.ts'
import { ledgerKey } from './ledger-key.ts'
import { createLog } from './log.ts'
import { emfMetrics, NO_METRICS } from './metrics.ts'
import { notifier } from './notify.ts'
import { entityLoader } from './prototypes.ts'
import { openSecrets } from './secrets/open-secrets.ts'
import { sqsRetryQueue } from './sqs-queue.ts'
import { openStore } from './stores.ts'

let assembled: Promise<Pipe> | undefined

/**
 * The pipe of this process, put together at its first use from integration.config.ts and the environment.
 * @throws EnvironmentError, ConfigError, StoreUnavailableError; the next call tries again
 */
export function assemble(): Promise<Pipe> {
  assembled ??= build(integration, readEnvironment()).catch((error: unknown) => {
    assembled = undefined
    throw error
  })
  return assembled
}

/** Wires one pipe. The only place where rooms meet that do not know each other. */
export async function build(config: IntegrationConfig, environment: Environment): Promise<Pipe> {
  const secrets = await openSecrets(environment)
  const key = await ledgerKey(secrets)
  const store = await openStore(environment)
  const { random } = Math
  const monotonicMs = () => performance.now()
  const hash = keyedHash(key)
  const logon = crmLogon(environment, secrets, hash, () => store.now())
  const credentials = async () => logon.nameOf(await logon.password('fresh'))
  const secret = (name: string) => secrets.read(name)
  const log = createLog()
  const entities = entityLoader(environment.CRM_PROTOTYPES_DIR, () => store.now())
  return {
    config: { ...config, publicUrl: environment.PUBLIC_URL ?? config.publicUrl },
    ledger: new Ledger(store, config.retention),
    ledgerBegan: ledgerBirth(store),
    naturalKeys: naturalKeys(store, key, sleep),
    gate: new Gate({ store, credentials, random, monotonicMs }),
    slots: new Slots({ store, count: config.crm.concurrency, random, sleep }),
    crm: createCrmClient({
      ...(await crmConnection(environment)),
      credentials: logon,
      ...config.crm,
      entities,
    }),
    times: {
      requestTimeoutMs: environment.CRM_REQUEST_TIMEOUT_MS,
      longestRequestMs: environment.CRM_LONGEST_REQUEST_MS,
      sendWindowMs: environment.CRM_SEND_WINDOW_MS,
    },
    entities,
    queue: sqsRetryQueue(environment.RETRY_QUEUE_URL),
    loadSource,
    plan: planWhenNeeded,
    secret,
    hash,
    random,
    monotonicMs,
    log,
    metrics: environment.METRICS === 'emf' ? emfMetrics(writeLine, Date.now) : NO_METRICS,
    notify: notifier({ settings: config.notify, environment, secret, log }),
  }
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function crmConnection(environment: Environment) {
  const { CRM_CA_FILE } = environment
  return {
    baseUrl: environment.CRM_URL,
    requestTimeoutMs: environment.CRM_REQUEST_TIMEOUT_MS,
    ...(CRM_CA_FILE !== undefined && { ca: await readFile(CRM_CA_FILE, 'utf8') }),
  }
}
