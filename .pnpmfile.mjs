/** Changes what packages ask for, before anything is installed. */
export const hooks = {
  readPackage(manifest) {
    // Builds its output with the compiler's JavaScript interface, which TypeScript 7 has no more.
    if (manifest.name === 'openapi-typescript') {
      delete manifest.peerDependencies.typescript
      manifest.dependencies.typescript = '5.9.3'
    }
    return manifest
  },
}
