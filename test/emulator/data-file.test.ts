import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { type EmulatorOptions, startEmulator } from '../../emulator/server.ts'
import { startCrm } from './crm.ts'
import { newDataFile } from './data-file.ts'

/** A data file as an emulator left it, changed by SQL into what an earlier version would have left. */
async function fileOfEarlierVersion(change: (database: DatabaseSync) => void, options: EmulatorOptions = {}) {
  const dataFile = await newDataFile()
  await (await startEmulator({ ...options, dataFile })).close()
  const database = new DatabaseSync(dataFile)
  change(database)
  database.close()
  return dataFile
}

describe('a data file', () => {
  it('receives the columns that a newer version has', async () => {
    const dataFile = await fileOfEarlierVersion((database) => {
      for (const view of ['vPerson', 'vCompany']) database.exec(`DROP VIEW ${view}`)
      database.exec('ALTER TABLE Company DROP COLUMN Comp_WebSite')
    })
    const { create, find } = await startCrm({ dataFile })
    const id = await create('Company', { comp_name: 'x', comp_website: 'x.example' })
    expect(await find('vCompany', "comp_website eq 'x.example'")).toMatchObject([{ $key: id }])
  })

  it('has its indexes made anew when an earlier version defined them in another way', async () => {
    const dataFile = await fileOfEarlierVersion((database) => {
      database.function('fold', { deterministic: true }, String)
      database.exec(
        'DROP INDEX Company_Comp_Name; CREATE INDEX Company_Comp_Name ON Company (fold(Comp_Name))',
      )
    })
    const { create } = await startCrm({ dataFile })
    expect(await create('Company', { comp_name: 'x' })).toBe(43)
  })

  it('gets the demo companies and the selection lists once', async () => {
    const dataFile = await fileOfEarlierVersion(() => undefined, { seed: true })
    const { get } = await startCrm({ dataFile, seed: true })
    expect((await get('Company')).body['$totalResults']).toBe(20)
    const where = encodeURIComponent("capt_family eq 'Case_Status'")
    expect((await get(`Custom_Captions?where=${where}`)).body['$totalResults']).toBe(2)
  })

  it('keeps the id of a user who was there before', async () => {
    const [admin, susan] = [
      { logon: 'admin', password: 'admin' },
      { logon: 'susan', password: 's' },
    ] as const
    const dataFile = await fileOfEarlierVersion(() => undefined, { users: [susan, admin] })
    const { find } = await startCrm({ dataFile, users: [admin] })
    expect(await find('Users', "user_logon eq 'admin'")).toMatchObject([{ $key: 2 }])
  })

  it('holds nothing of a deep insert that failed half-way, and takes the next one', async () => {
    const dataFile = await fileOfEarlierVersion((database) => {
      database.exec(
        "CREATE TRIGGER full BEFORE INSERT ON Phone WHEN NEW.Phon_Number = '0' BEGIN SELECT RAISE(ABORT, 'disk full'); END",
      )
    })
    const { post, get } = await startCrm({ dataFile })
    const company = (number: string) => ({
      comp_name: 'x',
      person: { pers_lastname: 'y', phone: { Phon_Number: number } },
    })
    expect(await post('Company', company('0'))).toMatchObject({
      status: 500,
      text: expect.stringContaining('disk full'),
    })
    for (const resource of ['Company', 'Person'])
      expect([resource, (await get(resource)).body['$totalResults']]).toEqual([resource, 0])
    expect((await post('Company', company('1'))).status).toBe(201)
  })

  it('that cannot be opened is refused', async () => {
    await expect(
      startEmulator({ dataFile: path.join(await newDataFile(), 'nosuch', 'crm.db') }),
    ).rejects.toThrow(/open/)
  })
})
