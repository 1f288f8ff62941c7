/** Files whose mutants are tried together, below `lib`, and the tests that are there to notice them, below `test`. */
export type Part = { readonly mutate: readonly string[]; readonly tests: readonly string[] }

const PLAN_OVER_THE_WIRE = ['delivery/subjects', 'delivery/deep-insert-kinds', 'delivery/unique-index']

/** Small parts, so that one can be tried again after a change, and no mutant meets a test that has nothing to do with it. */
export const PARTS: Readonly<Record<string, Part>> = {
  signatures: { mutate: ['sources/signature'], tests: ['sources/signature'] },
  where: { mutate: ['crm/where'], tests: ['crm/where-terms', 'crm/where', 'crm/narrow'] },
  plan: {
    mutate: ['crm/apply-plan'],
    tests: ['crm/apply-plan', 'crm/apply-again', 'crm/apply-document'],
  },
  steps: {
    mutate: ['crm/decide', 'crm/own', 'crm/find', 'crm/bound', 'crm/settle-all'],
    tests: ['crm/bound', 'crm/settle-all', ...PLAN_OVER_THE_WIRE],
  },
  claim: {
    mutate: [
      'delivery/claim',
      'delivery/claim-journal',
      'delivery/subject-story',
      'delivery/marker',
      'delivery/limits',
    ],
    tests: ['delivery/claim', 'delivery/claim-journal', 'delivery/subject-story'],
  },
  ledger: {
    mutate: ['delivery/ledger', 'delivery/receipts', 'delivery/records', 'delivery/retry-queue'],
    tests: [
      'delivery/ledger',
      'delivery/ledger-times',
      'delivery/receipts',
      'delivery/retry-queue',
      'delivery/forget',
    ],
  },
  stock: {
    mutate: ['delivery/conservation', 'delivery/forget'],
    tests: ['delivery/forget', 'delivery/conservation', 'jobs/audit-ledger'],
  },
  failure: {
    mutate: ['delivery/failure', 'delivery/backoff'],
    tests: ['delivery/failure', 'delivery/failure-parking', 'delivery/backoff'],
  },
  gate: { mutate: ['delivery/gate', 'delivery/slots'], tests: ['delivery/gate', 'delivery/slots'] },
  keys: { mutate: ['delivery/natural-keys'], tests: ['delivery/natural-keys'] },
  deliver: {
    mutate: ['delivery/deliver', 'delivery/attempt', 'delivery/receive'],
    tests: [
      'delivery/outcomes',
      'delivery/not-yet',
      'delivery/overtaken',
      'delivery/outage',
      'delivery/subjects',
    ],
  },
  batch: {
    mutate: [
      'delivery/drain',
      'delivery/retry-batch',
      'delivery/traced-client',
      'delivery/instances',
      'delivery/message',
      'delivery/wake',
    ],
    tests: [
      'delivery/instances',
      'delivery/traced-client',
      'delivery/retry-batch',
      'delivery/drain',
      'delivery/outage',
    ],
  },
  edge: {
    mutate: [
      'delivery/file-links',
      'delivery/handshake',
      'delivery/tally',
      'delivery/vendor-api',
      'delivery/store/in-order',
    ],
    tests: [
      'delivery/file-links',
      'delivery/handshake',
      'delivery/tally',
      'delivery/vendor-api',
      'delivery/in-order',
    ],
  },
  fetch: {
    mutate: ['delivery/enrich', 'delivery/catch-up'],
    tests: ['delivery/enrich', 'delivery/catch-up'],
  },
  sqlite: {
    mutate: [
      'delivery/store/sqlite',
      'delivery/store/group-commit',
      'delivery/store/shared-sync',
      'delivery/store/update',
    ],
    tests: ['delivery/sqlite-store', 'delivery/group-commit', 'delivery/gate'],
  },
  dynamodb: {
    mutate: ['delivery/store/dynamodb*', 'delivery/store/aws-*', 'delivery/store/clock-offset'],
    tests: ['delivery/dynamodb-store', 'delivery/aws-request', 'delivery/clock-offset'],
  },
  spill: { mutate: ['delivery/store/spill*'], tests: ['delivery/spill'] },
}
