import { describe, expect, it } from 'vitest'
import { ADMIN, basic, startCrm } from './crm.ts'

const WRONG = basic('admin', 'guess')

describe('a request', () => {
  it.each([
    ['without credentials', ''],
    ['with a wrong password', WRONG],
    ['of an unknown user', basic('nobody', 'admin')],
    ['with something that is not Basic', 'Bearer admin'],
    ['with broken base64', 'Basic ???'],
    ['without a colon', `Basic ${Buffer.from('admin').toString('base64')}`],
  ])('%s is answered 401 with WWW-Authenticate', async (_, authorization) => {
    const { request } = await startCrm()
    const { status, headers } = await request('GET', 'Company', undefined, authorization)
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')])
  })

  it('is accepted from any of the users, with colons and beyond ASCII in the password', async () => {
    const users = [
      { logon: 'susan', password: 'pässword:with:colons' },
      { logon: 'empty', password: '' },
    ]
    const { request } = await startCrm({ users })
    for (const { logon, password } of users) {
      expect((await request('GET', 'Company', undefined, basic(logon.toUpperCase(), password))).status).toBe(
        200,
      )
    }
  })

  it('writes in the name of its user', async () => {
    const { request } = await startCrm({
      users: [
        { logon: 'admin', password: 'admin' },
        { logon: 'susan', password: 's' },
      ],
    })
    const path = 'Company?returnPartial=false'
    const byAdmin = await request('POST', path, { comp_name: 'a' })
    const bySusan = await request('POST', path, { comp_name: 'b' }, basic('susan', 's'))
    const users = (await request('GET', 'Users?count=100')).body['$resources'] as {
      User_Logon: string
      $key: number
    }[]
    const idOf = (logon: string) => users.find((user) => user.User_Logon === logon)?.$key
    expect(byAdmin.body['Comp_CreatedBy']).toBe(idOf('admin'))
    expect(bySusan.body['Comp_CreatedBy']).toBe(idOf('susan'))
  })
})

describe('an account', () => {
  it('is locked after five wrong passwords in a row, until it is unlocked', async () => {
    const { request, get, control } = await startCrm()
    for (let tries = 0; tries < 5; tries += 1) await request('GET', 'Company', undefined, WRONG)
    expect((await get('Company')).status).toBe(401)
    expect((await control('POST', 'users/admin', { locked: false })).status).toBe(200)
    expect((await get('Company')).status).toBe(200)
  })

  it('is not locked by wrong passwords with a right one between them', async () => {
    const { request, get } = await startCrm()
    for (const authorization of [WRONG, WRONG, WRONG, WRONG, ADMIN, WRONG, WRONG, WRONG, WRONG]) {
      await request('GET', 'Company', undefined, authorization)
    }
    expect((await get('Company')).status).toBe(200)
  })

  it('can be locked, and its password changed, from outside', async () => {
    const { request, get, control } = await startCrm()
    await control('POST', 'users/admin', { locked: true })
    expect((await get('Company')).status).toBe(401)
    await control('POST', 'users/admin', { locked: false, password: 'new' })
    expect((await get('Company')).status).toBe(401)
    expect((await request('GET', 'Company', undefined, basic('admin', 'new'))).status).toBe(200)
  })

  it('with an expired password is refused until it has a new one', async () => {
    const { request, get, control } = await startCrm()
    await control('POST', 'users/admin', { expired: true })
    const { status, text } = await get('Company')
    expect([status, text]).toEqual([401, expect.stringContaining('expired')])
    await control('POST', 'users/admin', { password: 'new' })
    expect((await request('GET', 'Company', undefined, basic('admin', 'new'))).status).toBe(200)
  })

  it('that is not there cannot be changed', async () => {
    const { control } = await startCrm()
    const { status, text } = await control('POST', 'users/nobody', { locked: true })
    expect([status, text]).toEqual([404, expect.stringContaining('nobody')])
  })
})
