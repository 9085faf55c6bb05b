import { run } from './checks.mjs'

await run(process.argv[2])
process.exit(0)
