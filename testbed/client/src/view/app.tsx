import React, { useEffect, useState } from "react";
import type { Session } from "../session.ts";
import { applyTheme, themeOf } from "../theme.ts";
import { Boundary } from "./boundary.tsx";
import { AppBar } from "./app-bar.tsx";
import { Center } from "./center.tsx";
import { Console } from "./console.tsx";
import { RightHandSidebar } from "./rhs.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useHost } from "./use-host.ts";

const NONE: never[] = [];

/** `/<team>/channels/<name>`, `/<team>/messages/@<user>` or `/admin_console/...`, as in Mattermost. */
export function App({ session }: { session: Session }) {
  const { store } = session.host;
  const [path, setPath] = useState(location.pathname);
  const theme = themeOf(useHost(store, (state) => state));
  useEffect(() => applyTheme(theme));
  const global = useHost(store, ({ plugins }) => plugins.components["Global"] ?? NONE);
  const root = useHost(store, ({ plugins }) => plugins.components["Root"] ?? NONE);

  useEffect(() => {
    const onPop = () => setPath(location.pathname);
    window.addEventListener("popstate", onPop);
    return () => window.removeEventListener("popstate", onPop);
  }, []);
  const go = (to: string) => {
    history.pushState({}, "", to);
    setPath(to);
  };

  const inConsole = path.startsWith("/admin_console");
  return (
    <>
      {[...global, ...(inConsole ? [] : root)].map(({ id, component: Component }) => (
        <Boundary key={id}>{Component && <Component theme={theme} webSocketClient={session.socket} />}</Boundary>
      ))}
      {inConsole ? (
        <Console session={session} pluginId={path.split("plugin_")[1] ?? ""} />
      ) : (
        <div className="channel-view">
          <Sidebar session={session} path={path} go={go} />
          <Center session={session} />
          <RightHandSidebar session={session} />
          <AppBar session={session} />
        </div>
      )}
    </>
  );
}
