import { defineConfig } from '../../lib/config/config.ts'

/** What a user's own file says, for the soak: more deliveries at the same time, because dead workers keep their slots for a while. */
export default defineConfig({
  installation: 'soak',
  publicUrl: 'http://127.0.0.1',
  sources: { soak: { source: 'web-form', case: { title: 'Soak' } } },
  case: { source: 'Web', status: 'In Progress', stage: 'Logged', priority: 'Normal' },
  crm: { concurrency: 40 },
})
