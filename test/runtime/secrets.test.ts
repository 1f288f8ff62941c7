import { describe, expect, it, onTestFinished } from 'vitest'
import { storeClock } from '../../lib/delivery/store/clock-offset.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'
import { readEnvironment } from '../../lib/runtime/env.ts'
import { ledgerKey } from '../../lib/runtime/ledger-key.ts'
import { openSecrets } from '../../lib/runtime/secrets/open-secrets.ts'
import { parameterStore } from '../../lib/runtime/secrets/parameter-store.ts'
import { rememberedSecrets } from '../../lib/runtime/secrets/remembered.ts'
import type { Secrets } from '../../lib/runtime/secrets/secrets.ts'
import { SECRET_ACCESS_KEY, startParameterStore } from '../support/parameter-store.ts'

const MINUTE_MS = 60_000

/** Secrets under `/app/` of a stand-in for SSM; `pass` moves the time by which they are forgotten. */
async function setUp(entries: Readonly<Record<string, string>>, secretAccessKey = SECRET_ACCESS_KEY) {
  const server = await startParameterStore(entries)
  const { endpoint } = server
  const credentials = () => ({ accessKeyId: 'id', secretAccessKey })
  const retries = { random: () => 0, sleep: async () => undefined }
  const api = parameterStore({ region: 'eu-west-1', endpoint, credentials, clock: storeClock() }, retries)
  onTestFinished(() => {
    api.close()
    return server.close()
  })
  let elapsedMs = 0
  const secrets = rememberedSecrets({
    place: 'a test',
    namesAtOnce: 10,
    monotonicMs: () => elapsedMs,
    fetch: (names) => api.get(names),
  })
  const pass = (ms: number) => {
    elapsedMs += ms
  }
  return { server, secrets, pass }
}

describe('secrets in Parameter Store', () => {
  it('are asked for once, those wanted at the same moment together, and remembered for five minutes', async () => {
    const { server, secrets, pass } = await setUp({ LEDGER_KEY: 'k', CRM_PASSWORD: 'p' })
    const read = () => Promise.all([secrets.read('LEDGER_KEY'), secrets.read('CRM_PASSWORD')])
    expect(await read()).toEqual([['k'], ['p']])
    pass(5 * MINUTE_MS - 1)
    expect(await read()).toEqual([['k'], ['p']])
    expect(server.asked).toEqual([['LEDGER_KEY', 'CRM_PASSWORD']])
    server.parameters.set('CRM_PASSWORD', 'changed')
    pass(1)
    expect(await read()).toEqual([['k'], ['changed']])
    expect(server.asked).toHaveLength(2)
  })

  it('are asked for by ten in a request, and each name once', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `N${index}`)
    const { server, secrets } = await setUp(Object.fromEntries(names.map((name) => [name, `of ${name}`])))
    const values = await Promise.all([...names, 'N0', 'N11'].map((name) => secrets.read(name)))
    expect(values).toEqual([...names, 'N0', 'N11'].map((name) => [`of ${name}`]))
    expect(server.asked.map(({ length }) => length)).toEqual([10, expect.any(Number)])
  })

  it('have two live values during a rotation: two lines, the newer one first', async () => {
    const { secrets } = await setUp({ A: 'new\nold\n', B: 'new\r\nold', C: 'one' })
    expect(await Promise.all(['A', 'B', 'C'].map((name) => secrets.read(name)))).toEqual([
      ['new', 'old'],
      ['new', 'old'],
      ['one'],
    ])
  })

  it('that are not there are none, which is remembered as well', async () => {
    const { server, secrets } = await setUp({})
    expect([await secrets.read('A'), await secrets.read('A')]).toEqual([[], []])
    expect(server.asked).toHaveLength(1)
  })

  it('are asked for anew when they are wanted fresh', async () => {
    const { server, secrets, pass } = await setUp({ A: 'old' })
    await secrets.read('A')
    server.parameters.set('A', 'new')
    pass(2_000)
    expect(await secrets.read('A', 'fresh')).toEqual(['new'])
    expect(await secrets.read('A')).toEqual(['new'])
  })

  it('are asked for again when SSM is busy', async () => {
    const { server, secrets } = await setUp({ A: 'a' })
    server.fail(['ThrottlingException', 'com.amazonaws.ssm#ThrottlingException'])
    expect(await secrets.read('A')).toEqual(['a'])
  })

  it('keep their last known value while nobody answers; without one it is an outage, not an absence', async () => {
    const { server, secrets, pass } = await setUp({ A: 'a', B: 'b' })
    await secrets.read('A')
    pass(6 * MINUTE_MS)
    server.fail(Array(10).fill('InternalServerError'))
    expect(await secrets.read('A')).toEqual(['a'])
    await expect(secrets.read('B')).rejects.toThrow(StoreUnavailableError)
  })

  it('are not given to whoever signs with another key', async () => {
    const { secrets } = await setUp({ A: 'a' }, 'another')
    await expect(secrets.read('A')).rejects.toThrow(/InvalidSignatureException/)
  })
})

describe('the place of secrets', () => {
  const open = (variables: Record<string, string>) =>
    openSecrets(
      readEnvironment({
        CRM_URL: 'https://crm.example.com/sdata/crmj/sagecrm2/-',
        CRM_USER: 'integration',
        LEDGER_URL: 'sqlite::memory:',
        RETRY_QUEUE_URL: 'http://127.0.0.1:1/queue',
        ...variables,
      }),
    )

  it('is the environment unless SECRETS_URL says otherwise', async () => {
    process.env['SECRET_OF_THIS_TEST'] = 'new\nold'
    const secrets = await open({})
    expect(await secrets.read('SECRET_OF_THIS_TEST')).toEqual(['new', 'old'])
    expect(await secrets.read('NO_SUCH_VARIABLE')).toEqual([])
  })

  it('is a path of Parameter Store, reached with the credentials of the function', async () => {
    const server = await startParameterStore({ '/app/dev/A': 'a' })
    onTestFinished(() => server.close())
    process.env['AWS_ACCESS_KEY_ID'] = 'id'
    process.env['AWS_SECRET_ACCESS_KEY'] = SECRET_ACCESS_KEY
    const secrets = await open({
      SECRETS_URL: 'ssm:/app/dev/',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL_SSM: server.endpoint,
    })
    expect(await secrets.read('A')).toEqual(['a'])
    expect(server.asked).toEqual([['/app/dev/A']])
  })

  it.each(['ssm:', 'ssm:app/', 'ssm:/app', 'vault:/app/'])('cannot be %s', (SECRETS_URL) => {
    expect(() => open({ SECRETS_URL })).toThrow(/SECRETS_URL: env: or a path/)
  })
})

describe('the key of the ledger', () => {
  const secretsWith = (...values: readonly string[]): Secrets => ({
    place: 'a test',
    read: async () => values,
  })

  it('is refused when there is none or when it is too short to hide anything', async () => {
    await expect(ledgerKey(secretsWith())).rejects.toThrow('LEDGER_KEY: there is none in a test')
    await expect(ledgerKey(secretsWith('short'))).rejects.toThrow('LEDGER_KEY: at least 16 characters')
    expect(await ledgerKey(secretsWith('0123456789abcdef'))).toBe('0123456789abcdef')
  })
})
