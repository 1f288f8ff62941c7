import { defineConfig } from './lib/config/config.ts'

/** The one file you edit: what comes in, and what it becomes in Sage CRM. */
export default defineConfig({
  installation: 'demo',
  publicUrl: 'http://127.0.0.1:4000',
  sources: {
    // POST /forms/contact: any HTML form. Its e-mail, name, company and message fields are recognised by their usual names.
    contact: {
      source: 'web-form',
      options: { honeypot: '_gotcha' },
      case: { title: 'Contact form' },
    },
    // POST /orders/shop: the webhooks of a Shopify shop. Remove it, or give the variable the shop's own secret.
    shop: { source: 'shopify', secrets: ['SHOP_WEBHOOK_SECRET'], acceptTests: true },
  },
  // Every case made from a form starts with these; a source's own `case` wins.
  case: { source: 'Web', status: 'In Progress', stage: 'Logged', priority: 'Normal' },
})
