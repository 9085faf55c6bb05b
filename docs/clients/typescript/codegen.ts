import type { CodegenConfig } from '@graphql-codegen/cli'

const config: CodegenConfig = {
  // Or your server: { 'http://127.0.0.1:8000/graphql': { headers: { Authorization: 'Bearer …' } } }
  schema: process.env.SCHEMA ?? '../../../schema.graphql',
  documents: 'src/*.ts',
  importExtension: '.js',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents stay the text that is sent: the program needs no GraphQL parser.
        documentMode: 'string',
        // What each scalar is in JSON. An amount is text, since a number of JavaScript cannot hold every one.
        strictScalars: true,
        scalars: {
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
          LocalizedText: 'Record<string, string>',
          Long: 'number',
          Upload: 'File',
        },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
}

export default config
