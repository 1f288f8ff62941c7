import { defineConfig } from '../../lib/config/config.ts'

/**
 * What a user's own file says, for the soak: more deliveries and lines at the same time, because dead workers keep their slots
 * for a while.
 */
export default defineConfig({
  installation: 'soak',
  publicUrl: 'http://127.0.0.1',
  sources: {
    soak: { source: 'web-form', case: { title: 'Soak' } },
    shop: { source: 'woocommerce', secrets: ['SHOP_SECRET'] },
  },
  case: { source: 'Web', status: 'In Progress', stage: 'Logged', priority: 'Normal' },
  order: { stages: { open: 'Lead', paid: 'SaleAgreed', cancelled: 'DealLost' }, lineConcurrency: 3 },
  crm: { concurrency: 40 },
})
