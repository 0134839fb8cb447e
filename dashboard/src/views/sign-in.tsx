/** What is seen of a server that demands a token, until it has one. */
import { useState } from "preact/hooks";
import { refusal, session, signIn, signOut } from "../state/session.ts";
import { S } from "../strings.ts";

export function SignIn() {
  const [token, setToken] = useState("");
  const [waits, setWaits] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setWaits(true);
    await signIn(token);
    setWaits(false);
  };
  return (
    <form class="sign-in" onSubmit={submit}>
      <h1>{S.session.title}</h1>
      <p>{S.session.advice}</p>
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
      <button type="submit" class="primary" disabled={waits}>
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
