import React, { useEffect, useRef, useState } from "react";
import { call } from "../rest.ts";
import type { Session } from "../session.ts";
import type { Manifest, Setting } from "../types.ts";
import { Boundary } from "./boundary.tsx";
import { useHost } from "./use-host.ts";

interface Config {
  PluginSettings: { Plugins: Record<string, Record<string, unknown>> };
}
type SaveAction = () => Promise<{ error?: { message: string } }>;

/** System Console's page of one plugin: its settings as the manifest lists them, and Save. */
export function Console({ session, pluginId }: { session: Session; pluginId: string }) {
  const [manifest, setManifest] = useState<Manifest>();
  const [config, setConfig] = useState<Config>();
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [needed, setNeeded] = useState(false);
  const [failure, setFailure] = useState("");
  const actions = useRef(new Set<SaveAction>());

  useEffect(() => {
    const load = async () => {
      const { active } = await call<{ active: Manifest[] }>("GET", "/api/v4/plugins");
      const read = await call<Config>("GET", "/api/v4/config");
      setManifest(active.find(({ id }) => id === pluginId));
      setConfig(read);
      setValues(read.PluginSettings.Plugins[pluginId] ?? {});
    };
    void load();
  }, [pluginId]);

  const save = async () => {
    setFailure("");
    try {
      for (const action of actions.current) {
        const { error } = await action();
        if (error) throw new Error(error.message);
      }
      const current = await call<Config>("GET", "/api/v4/config");
      const Plugins = { ...current.PluginSettings.Plugins, [pluginId]: values };
      setConfig(await call<Config>("PUT", "/api/v4/config/patch", { PluginSettings: { Plugins } }));
      setNeeded(false);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  const change = (key: string, value: unknown) => {
    setValues((before) => ({ ...before, [key.toLowerCase()]: value }));
    setNeeded(true);
  };

  if (!manifest || !config) return <main className="admin-console">Loading</main>;
  return (
    <main className="admin-console">
      <header className="admin-console__header">
        <h1>{manifest.name}</h1>
      </header>
      <div className="admin-console__wrapper" tabIndex={0}>
        <div className="admin-console__content">
          {manifest.settings_schema?.header && <p className="banner">{manifest.settings_schema.header}</p>}
          {manifest.settings_schema?.settings?.map((setting) => (
            <Row
              key={setting.key}
              {...{ session, pluginId, setting, config, change, actions: actions.current }}
              value={values[setting.key.toLowerCase()]}
              setSaveNeeded={() => setNeeded(true)}
            />
          ))}
        </div>
      </div>
      <footer className="admin-console-save">
        <button
          type="button"
          className="btn btn-primary"
          id="saveSetting"
          disabled={!needed}
          onClick={() => void save()}
        >
          Save
        </button>
        <span role="alert">{failure}</span>
      </footer>
    </main>
  );
}

interface RowProps {
  session: Session;
  pluginId: string;
  setting: Setting;
  config: Config;
  value: unknown;
  change: (key: string, value: unknown) => void;
  actions: Set<SaveAction>;
  setSaveNeeded: () => void;
}

function Row({ session, pluginId, setting, config, value, change, actions, setSaveNeeded }: RowProps) {
  const { key, display_name: label, help_text: help, type } = setting;
  const custom = useHost(session.host.store, ({ plugins }) => plugins.adminConsoleCustomComponents[key.toLowerCase()]);
  const id = `PluginSettings.Plugins.${pluginId.replaceAll(".", "+")}.${key.toLowerCase()}`;
  if (type === "custom") {
    if (!custom) return null;
    const Component = custom.component;
    const drawn = (
      <Boundary>
        <Component
          {...{ id, label, value, config, disabled: false, setByEnv: false, license: {}, setSaveNeeded }}
          helpText={<span>{help}</span>}
          onChange={(_: string, next: unknown) => change(key, next)}
          registerSaveAction={(action: SaveAction) => actions.add(action)}
          unRegisterSaveAction={(action: SaveAction) => actions.delete(action)}
          cancelSubmit={() => undefined}
          showConfirm={false}
        />
      </Boundary>
    );
    if (!custom.showTitle) return drawn;
    return (
      <div className="form-group">
        <span className="control-label">{label}</span>
        <div className="setting">
          {drawn}
          <div className="help-text">{help}</div>
        </div>
      </div>
    );
  }
  const shown = value ?? setting.default;
  const text = typeof shown === "string" || typeof shown === "number" ? String(shown) : "";
  return (
    <div className="form-group">
      <label className="control-label" htmlFor={id}>
        {label}
      </label>
      <div className="setting">
        {type === "dropdown" ? (
          <select id={id} className="form-control" value={text} onChange={(e) => change(key, e.target.value)}>
            {setting.options?.map((option) => (
              <option key={option.value} value={option.value}>
                {option.display_name}
              </option>
            ))}
          </select>
        ) : type === "bool" ? (
          <input id={id} type="checkbox" checked={shown === true} onChange={(e) => change(key, e.target.checked)} />
        ) : (
          <input
            id={id}
            className="form-control"
            type={type === "number" ? "number" : "text"}
            placeholder={setting.placeholder}
            value={text}
            onChange={(e) => change(key, type === "number" ? Number(e.target.value) : e.target.value)}
          />
        )}
        <div className="help-text">{help}</div>
      </div>
    </div>
  );
}
