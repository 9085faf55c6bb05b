"""The GraphQL accent: what each type and field is called, and which read or verb stands behind it. No SQL, no HTTP."""
