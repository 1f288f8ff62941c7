import type { Plan } from '../crm/plan.ts'
import type { Story } from '../events/index.ts'
import type { Order } from '../events/order.ts'
import { differencesSteps } from './differences.ts'
import type { PlanContext } from './index.ts'
import { amountsOf } from './order/amounts.ts'
import { leftSteps, noteStep } from './order/for-people.ts'
import { lifeOf } from './order/life.ts'
import { currencyId, currencyOf, lineSteps, productsOf } from './order/lines.ts'
import { orderMappingOf } from './order/mapping.ts'
import { opportunityStep } from './order/opportunity.ts'
import { partySteps, saidBy } from './order/parties.ts'
import { quoteDocument, quoteStep } from './order/quote.ts'
import { orderText } from './order/text.ts'

/**
 * An order becomes an opportunity of its company and person with one quote, whose lines come to the order's total, and a note
 * with everything that was told. An order that is told without its amounts has no quote yet; one of which nothing but facts is
 * known becomes nothing yet.
 */
export function orderToQuote(story: Story<Order>, { config, instance }: PlanContext): Plan {
  const life = lifeOf(story)
  if (life === undefined) return { steps: [] }
  const mapping = orderMappingOf(config, instance)
  const parties = partySteps(life.order, mapping, config.crm)
  const opportunity = opportunityStep(life, mapping, parties, config.crm.markerFields.Opportunity)
  const currency = currencyId(life.order.currency, mapping)
  const amounts = amountsOf(life, mapping)
  const { order } = life
  const note = { note: orderText(life, amounts) }
  const differences = differencesSteps(opportunity, parties, saidBy(order))
  if (currency === undefined)
    return { steps: [...parties, opportunity, noteStep('told-in-part', note), ...differences] }
  return {
    known: [...currencyOf(order.currency, mapping), ...productsOf(amounts.lines, currency, mapping)],
    steps: [
      ...parties,
      opportunity,
      quoteStep(life, amounts, currency, mapping, parties),
      ...lineSteps(amounts.lines, currency, mapping),
      noteStep('note', note),
      ...differences,
      ...leftSteps(life, amounts, mapping, parties),
    ],
    document: quoteDocument(life, amounts, currency, mapping),
  }
}
