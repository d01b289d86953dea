/** Changes what packages ask for, before anything is installed. */
export const hooks = {
  readPackage(manifest) {
    // Builds its output with the compiler's JavaScript interface, which TypeScript 7 has no more.
    if (manifest.name === 'openapi-typescript') {
      delete manifest.peerDependencies.typescript
      manifest.dependencies.typescript = '5.9.3'
    }
    // Only its proxies are used: it never loads a driver, and one copy of it serves all packages.
    if (manifest.name === 'drizzle-orm') {
      delete manifest.peerDependencies
      delete manifest.peerDependenciesMeta
    }
    return manifest
  },
}
