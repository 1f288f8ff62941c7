import * as activity from './activity.ts'
import { companies } from './companies.ts'
import * as marketing from './marketing.ts'
import * as organisation from './organisation.ts'
import * as products from './products.ts'
import type { DemoRecord } from './record.ts'
import * as sales from './sales.ts'
import * as service from './service.ts'

/** The demo company base, each record behind those it names. */
export const DEMO: readonly DemoRecord[] = [
  organisation.territories,
  organisation.channels,
  organisation.users,
  products.currencies,
  products.families,
  products.units,
  products.pricingLists,
  products.products,
  products.prices,
  companies,
  sales.opportunities,
  sales.quotes,
  sales.quoteItems,
  sales.orders,
  sales.orderItems,
  service.cases,
  marketing.leads,
  marketing.campaigns,
  activity.communications,
  activity.commLinks,
  activity.library,
  activity.projects,
  activity.notes,
].flat()
