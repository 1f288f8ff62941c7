// What serverless.yml takes from TypeScript. Its variables read CommonJS only.
module.exports = import('./generated.ts').then(({ parts }) => parts)
