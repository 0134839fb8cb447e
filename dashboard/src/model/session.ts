/** Who asks, as the server knows them. */
export interface Session {
  readonly name: string;
  /** The one workspace that there is for them; null is all. */
  readonly workspace: string | null;
  readonly role: string;
  /** Whether the server lets in nobody without a token. */
  readonly demandsTokens: boolean;
}

/** How somebody can sign in. */
export interface SignInWays {
  /** The provider to sign in at; null where none is set up. */
  readonly oidcHost: string | null;
  /** Why the last sign-in there failed; the server tells it once. */
  readonly refusal: string | null;
}
