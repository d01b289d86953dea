/** The sentences of the page where somebody signs in. */
export const words = {
  title: 'Sign in',
  key: 'Your key',
  help: 'Whoever runs this gateway gives you one, under System › People and keys. The first one is its ADMIN_TOKEN.',
  button: 'Sign in',
  empty: 'Enter your key.',
  refused: 'This key opens nothing here. It may have been withdrawn; ask for another one.',
  expired: 'You were signed out after some time. Sign in to go on where you were.',
}
