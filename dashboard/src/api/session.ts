/** Who this browser is to the server. */
import type { Session, SignInWays } from "../model/session.ts";
import { AS_IT_IS, BASE, getJson, queryString, request } from "./client.ts";
import { asObject, asText, textOrNull } from "./decode.ts";

export async function getSession(): Promise<Session> {
  return decoded(await getJson("/session", AS_IT_IS));
}

export async function getSignInWays(): Promise<SignInWays> {
  const ways = asObject(await getJson("/session/ways", AS_IT_IS), "ways");
  return { oidcHost: textOrNull(ways.oidc_host), refusal: textOrNull(ways.refusal) };
}

/** Where a browser begins to sign in at the provider; it comes back to `address` of this server. */
export function oidcUrl(address: string): string {
  return `${BASE}/session/oidc?${queryString({ return_to: address })}`;
}

/** Have the browser keep a token where no script reads it. */
export async function signIn(token: string): Promise<void> {
  await request(`${BASE}/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
}

export async function signOut(): Promise<void> {
  await request(`${BASE}/session`, { method: "DELETE" });
}

function decoded(answer: unknown): Session {
  const session = asObject(answer, "session");
  return {
    name: asText(session.name, "session.name"),
    workspace: textOrNull(session.workspace),
    role: asText(session.role, "session.role"),
    demandsTokens: session.demands_tokens === true,
  };
}
