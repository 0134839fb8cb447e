/** Who is signed in, and whether somebody has to. */
import { signal } from "@preact/signals";
import { ApiError, whenUnauthenticated } from "../api/client.ts";
import * as api from "../api/session.ts";
import type { Session, SignInWays } from "../model/session.ts";

/** Null until the server has said it, and where nobody is signed in. */
export const session = signal<Session | null>(null);

export const mustSignIn = signal(false);

/** Null until the server has said it. */
export const signInWays = signal<SignInWays | null>(null);

/** Why the last token did not let in, or null where none was tried. */
export const refusal = signal<Error | null>(null);

whenUnauthenticated(() => {
  if (mustSignIn.value) return;
  mustSignIn.value = true;
  void loadSignInWays();
});

async function loadSignInWays(): Promise<void> {
  try {
    signInWays.value = await api.getSignInWays();
  } catch {
    // A token can be tried all the same, and says what is wrong.
    signInWays.value = { oidcHost: null, refusal: null };
  }
}

/** The longest address that the server sends a browser back to. */
const RETURN_CHARS_MAX = 1500;

/** Leave for the provider; the browser comes back to where it is now. */
export function signInAtProvider(): void {
  const here = location.pathname + location.search + location.hash;
  location.assign(api.oidcUrl(here.length <= RETURN_CHARS_MAX ? here : location.pathname));
}

export async function loadSession(): Promise<void> {
  try {
    session.value = await api.getSession();
  } catch (error) {
    // Whatever else is asked meets the same, and says it where it is seen.
    if (!(error instanceof ApiError)) throw error;
  }
}

export async function signIn(token: string): Promise<void> {
  refusal.value = null;
  try {
    await api.signIn(token);
  } catch (error) {
    refusal.value = error instanceof Error ? error : new Error(String(error));
    return;
  }
  // Everything that was refused is asked for again, at the same address.
  location.reload();
}

export async function signOut(): Promise<void> {
  await api.signOut();
  location.reload();
}
