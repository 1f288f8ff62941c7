import integration from '../integration.config.ts'
import { alarmResources } from './alarms.ts'
import { dashboardResources } from './dashboard.ts'
import { roleResources } from './roles.ts'
import { scheduleResources } from './schedules.ts'

type Variables = { readonly resolveVariable: (name: string) => Promise<unknown> }

/** The parts of serverless.yml that follow from integration.config.ts, by the names they have there. */
export const parts = {
  roles: async ({ resolveVariable }: Variables) =>
    roleResources(integration, (await resolveVariable('param:vpc, null')) !== null),
  schedules: scheduleResources(integration),
  alarms: alarmResources(integration),
  dashboard: dashboardResources(),
  /** Fewer workers than slots would leave slots empty after an outage. SQS asks for at least two. */
  workers: Math.max(2, integration.crm.concurrency),
}
