export type Addresses = {
  readonly url: string
  readonly crm: string
  readonly isEmulator: boolean
  readonly data: string
  /** What runs at set times, a line each. */
  readonly clock: readonly string[]
}

/** What `npm start` says when everything runs. */
export function banner({ url, crm, isEmulator, data, clock }: Addresses): string {
  const crmLine = isEmulator ? `${crm}  (emulated, admin/admin)` : crm
  const address = `${url}/forms/contact`
  return `
  sage-crm-functions is running

    forms      ${address}
    Sage CRM   ${crmLine}
    data       ${data}${clock.length === 0 ? '' : `\n    clock      ${clock.join('\n               ')}`}

  Try it:

    curl ${address} -d name='Maeve Murphy' -d email=maeve@example.com \\
      -d company='Gatecom Inc.' -d message='Please call me back'

  See what became of it: npm run events -- list${isEmulator ? '\n  Take the CRM away and give it back: npm run emulator -- stop, npm run emulator -- start' : ''}
  Stop with Ctrl-C; nothing is lost.
`
}
