import { Button, PasswordInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { key, signIn } from "../api/auth";
import { BASE } from "../api/client";
import { asProblem, Problem } from "../api/problem";
import { sentence } from "../ui/format";
import { Mark } from "./Mark";
import styles from "./SignIn.module.css";

/** Asks for the key or token; it is tried before it is kept. */
export function SignIn() {
  const [value, setValue] = useState("");
  const [error, setError] = useState<string | null>(
    key() ? "The server did not take the key. It may have ended." : null,
  );
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const token = value.trim();
    // What no header can hold is no key.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      setError("A key has letters, digits and signs without spaces. Copy it again as a whole.");
      return;
    }
    setBusy(true);
    try {
      const answer = await fetch(`${BASE}/projects?limit=1`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
      client.clear();
      signIn(token);
    } catch (failure) {
      setError(sentence(asProblem(failure).message));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className={styles.page}>
      <form className={styles.form} onSubmit={submit}>
        <span className={styles.mark}>
          <Mark />
        </span>
        <h1>Sign in to Data Forge</h1>
        <p>This server asks for a key or a token. Who runs it can give you one.</p>
        <PasswordInput
          label="Key or token"
          size="md"
          autoFocus
          autoComplete="current-password"
          value={value}
          error={error}
          aria-invalid={error !== null}
          onChange={(event) => {
            setValue(event.currentTarget.value);
            setError(null);
          }}
        />
        <Button type="submit" variant="filled" size="md" loading={busy} disabled={!value.trim()}>
          Sign in
        </Button>
        <p className={styles.note}>Kept in this browser tab until you close it or sign out.</p>
      </form>
    </main>
  );
}
