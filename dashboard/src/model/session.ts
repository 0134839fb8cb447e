/** Who asks, as the server knows them. */
export interface Session {
  readonly name: string;
  /** The one workspace that there is for them; null is all. */
  readonly workspace: string | null;
  readonly role: string;
  /** Whether the server lets in nobody without a token. */
  readonly demandsTokens: boolean;
}
