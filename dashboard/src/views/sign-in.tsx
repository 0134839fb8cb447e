/** What is seen of a server that demands a token, until it has one. */
import { useEffect, useState } from "preact/hooks";
import {
  refusal,
  session,
  signIn,
  signInAtProvider,
  signInWays,
  signOut,
} from "../state/session.ts";
import { S } from "../strings.ts";

export function SignIn() {
  const ways = signInWays.value;
  // What appeared above the field a moment later would push it away under the pointer.
  if (ways === null) return null;
  const host = ways.oidcHost;
  return (
    <section class="sign-in" aria-labelledby="sign-in">
      <h1 id="sign-in">{S.session.title}</h1>
      {ways.refusal && (
        <p class="refusal" role="alert">
          {ways.refusal}
        </p>
      )}
      {host && <ProviderButton host={host} />}
      {host && <p class="or">{S.session.orToken}</p>}
      <TokenForm isOnlyWay={host === null} />
    </section>
  );
}

function ProviderButton({ host }: { host: string }) {
  const [leaves, setLeaves] = useState(false);
  const leave = (): void => {
    setLeaves(true);
    signInAtProvider();
  };
  // A page that is shown again by the browser's back button must be usable again.
  useEffect(() => {
    const stay = (): void => setLeaves(false);
    addEventListener("pageshow", stay);
    return () => removeEventListener("pageshow", stay);
  }, []);
  return (
    <button type="button" class="primary" disabled={leaves} onClick={leave}>
      <span>{S.session.atProvider(host)}</span>
    </button>
  );
}

function TokenForm({ isOnlyWay }: { isOnlyWay: boolean }) {
  const [token, setToken] = useState("");
  const [waits, setWaits] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setWaits(true);
    await signIn(token);
    setWaits(false);
  };
  return (
    <form onSubmit={submit}>
      {isOnlyWay && <p>{S.session.advice}</p>}
      <label for="token">{S.session.token}</label>
      <input
        id="token"
        type="password"
        autocomplete="current-password"
        spellcheck={false}
        placeholder="rt_…"
        required
        value={token}
        aria-describedby={refusal.value ? "refusal" : undefined}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      {refusal.value && (
        <p id="refusal" class="refusal" role="alert">
          {words(refusal.value)}
        </p>
      )}
      <button type="submit" class={isOnlyWay ? "primary" : undefined} disabled={waits}>
        {S.session.signIn}
      </button>
    </form>
  );
}

/** Who is signed in, where that matters. */
export function SignedIn() {
  const who = session.value;
  if (!who?.demandsTokens) return null;
  const where = who.workspace ?? S.session.everyWorkspace;
  return (
    <span class="signed-in">
      <span title={S.session.who(who.name, who.role)}>{where}</span>
      <button type="button" onClick={signOut}>
        {S.session.signOut}
      </button>
    </span>
  );
}

function words(error: Error & { status?: number }): string {
  return error.status === 401 ? S.session.refused : error.message;
}
