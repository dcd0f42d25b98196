import type { CommandSpec } from "@openclaw-mattermost/contract";
import React, { type KeyboardEvent, useId, useState } from "react";
import { CommandForm } from "./command-form.tsx";
import { PREFIX, search } from "./command-line.ts";
import { Section } from "./section.tsx";
import { useCommand, usePanelView, useTools } from "./use-panel.ts";

/** The command palette: search, the recent ones, and a form for what takes arguments. */
export function Commands() {
  const { t, recent } = useTools();
  const { commands, state } = usePanelView();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState<CommandSpec>();
  const [said, setSaid] = useState("");
  const run = useCommand();
  if (!commands) return null;

  const send = (line: string) => {
    setSaid(t("commands.sent", { line }));
    setChosen(undefined);
    setTyped("");
    run.run(line);
  };
  const choose = (spec: CommandSpec) => {
    setSaid("");
    if (spec.args.length > 0) setChosen(spec);
    else send(`${PREFIX}${spec.name}`);
  };

  return (
    <Section title={t("commands.title")}>
      {commands.length === 0 ? (
        <p className="OpenClawPanel__hint">{t(state?.link.state === "none" ? "commands.noLink" : "commands.none")}</p>
      ) : chosen ? (
        <CommandForm spec={chosen} send={send} leave={() => setChosen(undefined)} />
      ) : (
        <>
          <Palette commands={search(commands, typed)} typed={typed} setTyped={setTyped} choose={choose} />
          {!typed && <RecentLines lines={recent.read()} send={send} />}
        </>
      )}
      <p role="status" className="OpenClawPanel__hint">
        {run.failure ? "" : said}
      </p>
      {run.failure && <p role="alert">{run.failure}</p>}
    </Section>
  );
}

interface PaletteProps {
  commands: readonly CommandSpec[];
  typed: string;
  setTyped: (typed: string) => void;
  choose: (spec: CommandSpec) => void;
}

/** A combobox as the ARIA practices describe it: the focus stays in the field, arrows move through the list. */
function Palette({ commands, typed, setTyped, choose }: PaletteProps) {
  const { t } = useTools();
  const { askingAbout } = usePanelView();
  const id = useId();
  const [at, setAt] = useState(0);
  const current = commands[Math.min(at, commands.length - 1)];
  const optionId = (name: string) => `${id}-${name}`;
  const move = (to: number) => {
    const next = Math.max(0, Math.min(commands.length - 1, to));
    setAt(next);
    const name = commands[next]?.name;
    if (name) document.getElementById(optionId(name))?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      Home: () => move(0),
      End: () => move(commands.length - 1),
      Enter: () => {
        if (current) choose(current);
      },
      ...(typed && { Escape: () => setTyped("") }),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    step();
  };
  return (
    <>
      <input
        role="combobox"
        data-autofocus={askingAbout ? undefined : true}
        className="form-control"
        aria-label={t("commands.search")}
        placeholder={t("commands.search")}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls={id}
        aria-activedescendant={current ? optionId(current.name) : undefined}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      <ul role="listbox" id={id} aria-label={t("commands.title")} className="OpenClawPanel__palette" tabIndex={-1}>
        {commands.map((spec) => (
          <li
            key={spec.name}
            id={optionId(spec.name)}
            role="option"
            aria-selected={spec === current}
            onClick={() => choose(spec)}
          >
            <span>
              <strong>{`${PREFIX}${spec.name}`}</strong>
              {spec.kind === "skill" && <span className="Tag">{t("commands.skill")}</span>}
            </span>
            <span className="OpenClawPanel__hint">{spec.description}</span>
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p role="status">{t("commands.noMatch")}</p>}
    </>
  );
}

function RecentLines({ lines, send }: { lines: readonly string[]; send: (line: string) => void }) {
  const { t } = useTools();
  if (lines.length === 0) return null;
  return (
    <>
      <h4>{t("commands.recent")}</h4>
      <ul className="OpenClawPanel__list OpenClawPanel__recent">
        {lines.map((line) => (
          <li key={line}>
            <button
              type="button"
              className="btn btn-xs btn-tertiary"
              title={t("commands.again", { line })}
              onClick={() => send(line)}
            >
              {line}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
