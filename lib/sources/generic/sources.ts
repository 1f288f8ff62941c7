import * as z from '../../values/schema.ts'
import type { Source } from '../source.ts'
import { FormMapping, mappedForm } from './form-mapping.ts'
import { mappedOrder } from './mapped-order.ts'
import { mappedSource } from './mapped-source.ts'
import { PROOF, type ProofOptions, TOLD } from './options.ts'
import { OrderMapping } from './order-mapping.ts'
import { headerProblems, type Proof } from './proof.ts'
import { pickText } from './selector.ts'

export const FormOptions = z.strictObject({ ...PROOF, ...TOLD, form: z.prefault(FormMapping, {}) })
export const OrderOptions = z.strictObject({ ...PROOF, ...TOLD, order: OrderMapping })

type Told<Options> = {
  readonly name: string
  readonly options: z.ZodMiniType<Options>
  /** How the sender proves who it is. */
  proof(options: ProofOptions): Proof
}

/** A source of forms whose sender and payload are told by data. */
export function formsBy({ name, options, proof }: Told<z.infer<typeof FormOptions>>): Source {
  return mappedSource<z.infer<typeof FormOptions>>({
    name,
    kind: 'form',
    options: checked(options, proof),
    proof,
    subject: (verified, { form }) => pickText(form.subject, verified),
    toEvent: (verified, { instance }, { form }) => mappedForm(verified, instance, form),
  })
}

/** The same for orders. */
export function ordersBy({ name, options, proof }: Told<z.infer<typeof OrderOptions>>): Source {
  return mappedSource<z.infer<typeof OrderOptions>>({
    name,
    kind: 'order',
    options: checked(options, proof),
    proof,
    subject: (verified, { order }) => pickText(order.id, verified),
    toEvent: (verified, { instance }, { order }) => mappedOrder(verified, instance, order),
  })
}

function checked<Options extends ProofOptions>(
  shape: z.ZodMiniType<Options>,
  proof: (options: Options) => Proof,
): z.ZodMiniType<Options> {
  const named = z.superRefine<Options>((options, context) => {
    for (const message of headerProblems(options, proof(options)))
      context.addIssue({ code: 'custom', message })
  })
  return shape.check(named)
}
