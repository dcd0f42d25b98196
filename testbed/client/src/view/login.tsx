import React, { type FormEvent, useState } from "react";
import { call } from "../rest.ts";

/** The smallest login page. */
export function Login() {
  const [failure, setFailure] = useState("");
  const login = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      await call("POST", "/api/v4/users/login", { login_id: form.get("name"), password: form.get("password") });
      location.reload();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="login" onSubmit={(event) => void login(event)}>
      <h1>Mattermost</h1>
      <label>
        Username <input className="form-control" name="name" autoComplete="username" />
      </label>
      <label>
        Password <input className="form-control" name="password" type="password" autoComplete="current-password" />
      </label>
      <button className="btn btn-primary" type="submit">
        Log in
      </button>
      <p role="alert">{failure}</p>
    </form>
  );
}
