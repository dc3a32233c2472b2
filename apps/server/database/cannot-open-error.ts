/** Why the data folder cannot be used; `message` is a sentence for the person who started the server. */
export class CannotOpenError extends Error {
  override readonly name = 'CannotOpenError'
  readonly code: 'node_too_old' | 'folder_in_use' | 'database_newer' | 'storage'

  constructor(code: CannotOpenError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
