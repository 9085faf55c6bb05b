// Every rule but these.

const NOT_OURS = {
  // Types stand in the order of their names, fields in the order in which they are best read: the id first, then what
  // it is, then its lists. An enum's values are in the order of a life cycle or of a week.
  'enum-values-sorted-alphabetically': true,
  'input-object-fields-sorted-alphabetically': true,
  'interface-fields-sorted-alphabetically': true,
  'type-fields-sorted-alphabetically': true,
}

const files = require('node:fs').readdirSync('node_modules/graphql-schema-linter/lib/rules')
const names = files.map((file) => file.replace('.js', '').replaceAll('_', '-'))

module.exports = { rules: names.filter((name) => !NOT_OURS[name]) }
