/** The environment of a function as on AWS; what it names is only asked when a delivery comes. */
export function functionEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    CRM_URL: 'https://crm.example.com/sdata/crmj/sagecrm2/-',
    CRM_USER: 'bench',
    CRM_PASSWORD: 'bench',
    LEDGER_URL: 'dynamodb:bench',
    LEDGER_SPILL_URL: 's3:bench',
    LEDGER_KEY: 'a key of the bench alone',
    RETRY_QUEUE_URL: 'http://127.0.0.1:9/queue',
    METRICS: 'emf',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    ...given,
  }
}
