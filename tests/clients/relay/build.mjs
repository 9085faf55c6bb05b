// What a bundler does with babel-plugin-relay: tags become the artifacts that relay-compiler wrote.

import { writeFile } from 'node:fs/promises'

import babel from '@babel/core'

const options = { plugins: [['relay', { eagerEsModules: false, artifactDirectory: './__generated__' }]], babelrc: false }
const { code } = await babel.transformFileAsync('documents.js', options)
await writeFile('documents.built.cjs', code)
