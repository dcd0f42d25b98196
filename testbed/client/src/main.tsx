import PropTypes from "prop-types";
import React from "react";
import * as ReactDOM from "react-dom";
import { createRoot } from "react-dom/client";
import * as ReactIntl from "react-intl";
import * as ReactRedux from "react-redux";
import * as Redux from "redux";
import { call, Refused } from "./rest.ts";
import { openSession } from "./session.ts";
import type { User } from "./types.ts";
import { App } from "./view/app.tsx";
import { Login } from "./view/login.tsx";

/** The page that stands in Mattermost's client folder in the test bed, and gives a web plugin what Mattermost's client gives it. */
Object.assign(window, { React, ReactDOM, Redux, ReactRedux, ReactIntl, PropTypes });

async function start(container: HTMLElement): Promise<void> {
  const root = createRoot(container);
  try {
    const me = await call<User>("GET", "/api/v4/users/me");
    root.render(<App session={await openSession(me)} />);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    root.render(<Login />);
  }
}

const container = document.getElementById("root");
if (container) void start(container);
