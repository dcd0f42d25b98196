import React, { type FormEvent, useState } from "react";
import { useAction } from "../action.tsx";
import { questionAbout } from "./question.ts";
import { usePanelView, useTools } from "./use-panel.ts";

/** A question about a post: asked in its thread, where everybody sees it, or in the direct channel with the bot. */
export function Ask() {
  const { store, client, t, me, postText, permalink } = useTools();
  const { askingAbout, place, state } = usePanelView();
  const [question, setQuestion] = useState("");
  const leave = () => {
    setQuestion("");
    store.aim(place);
  };
  const ask = useAction(async (where: "thread" | "direct") => {
    const bot = state?.bot;
    const about = postText(askingAbout);
    if (!bot || !about) return;
    if (where === "thread") {
      await client.post(place.channelId, place.rootId, `@${bot.username} ${question.trim()}`);
    } else {
      const text = questionAbout({ question, ...about, link: permalink(askingAbout) });
      await client.post(await client.direct(me(), bot.user_id), "", text);
    }
    leave();
  }, t);

  const about = askingAbout ? postText(askingAbout) : undefined;
  if (!about) return null;
  const inThread = state?.bot?.in_channel === true;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.run(inThread ? "thread" : "direct");
  };
  const isReady = question.trim() !== "" && Boolean(state?.bot) && !ask.busy;
  return (
    <form
      className="OpenClawPanel__section"
      aria-label={t("ask.title")}
      onSubmit={submit}
      onKeyDown={({ key }) => {
        if (key === "Escape") leave();
      }}
    >
      <h3>{t("ask.title")}</h3>
      <blockquote className="OpenClawPanel__quote">
        <strong>{about.author}</strong> {about.text}
      </blockquote>
      <textarea
        data-autofocus
        className="form-control OpenClawPanel__question"
        aria-label={t("ask.question")}
        placeholder={t("ask.question")}
        rows={3}
        value={question}
        onChange={({ target }) => setQuestion(target.value)}
      />
      <div className="OpenClawPanel__buttons">
        {inThread && (
          <button type="submit" className="btn btn-sm btn-primary" disabled={!isReady}>
            {t("ask.thread")}
          </button>
        )}
        <button
          type={inThread ? "button" : "submit"}
          className={`btn btn-sm btn-${inThread ? "tertiary" : "primary"}`}
          disabled={!isReady}
          onClick={inThread ? () => ask.run("direct") : undefined}
        >
          {t("ask.direct")}
        </button>
        <button type="button" className="btn btn-sm btn-quaternary" onClick={leave}>
          {t("action.cancel")}
        </button>
      </div>
      {ask.failure && <p role="alert">{ask.failure}</p>}
    </form>
  );
}
