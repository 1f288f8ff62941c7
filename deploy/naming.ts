/** Values CloudFormation fills in. */
export type CloudFormation = { readonly [key: string]: unknown }

/** How osls spells `receive-form` in the logical ids of the template: `ReceiveDashform`. */
export function logicalName(functionName: string): string {
  const letters = functionName.replaceAll('-', 'Dash')
  return letters.charAt(0).toUpperCase() + letters.slice(1)
}

export function functionArn(functionName: string): CloudFormation {
  return { 'Fn::GetAtt': [`${logicalName(functionName)}LambdaFunction`, 'Arn'] }
}

export function functionRef(functionName: string): CloudFormation {
  return { Ref: `${logicalName(functionName)}LambdaFunction` }
}

export function roleId(functionName: string): string {
  return `${logicalName(functionName)}Role`
}

/** `watch-silence` → `WatchSilence`: what we name resources after. */
export function pascalCase(name: string): string {
  return name.replace(/(^|[^a-zA-Z0-9])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())
}

export function sub(text: string): CloudFormation {
  return { 'Fn::Sub': text }
}
