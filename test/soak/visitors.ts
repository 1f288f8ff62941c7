/** Who fills in a form or orders something. */
export type Visitor = { readonly email?: string; readonly company?: string }

/** Half of all visitors leave an address, a quarter a company; both come again. */
const SHARE_WITH_EMAIL = 0.5
const SHARE_WITH_COMPANY = 0.25
const VISITS_OF_EACH_PERSON = 5
const VISITS_OF_EACH_COMPANY = 10

/** One of so many visits; those of forms and of orders are made by the same people. */
export function visitorOf(visits: number, random: () => number): Visitor {
  const one = (of: number) => Math.floor(random() * Math.max(1, of))
  return {
    ...(random() < SHARE_WITH_EMAIL && {
      email: `person-${one(visits / VISITS_OF_EACH_PERSON)}@example.com`,
    }),
    ...(random() < SHARE_WITH_COMPANY && { company: `Company ${one(visits / VISITS_OF_EACH_COMPANY)}` }),
  }
}
