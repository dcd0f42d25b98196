import React, { useState } from "react";
import type { Session } from "../session.ts";

export interface ComposerProps {
  session: Session;
  channelId: string;
  rootId: string;
  label: string;
}

/** Where one writes; Enter sends. */
export function Composer({ session, channelId, rootId, label }: ComposerProps) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState("");
  const send = async () => {
    setFailure("");
    setText("");
    try {
      await session.send(channelId, rootId, text);
    } catch (error) {
      setText(text);
      setFailure(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <div className="create-post">
      <textarea
        id={rootId ? "reply_textbox" : "post_textbox"}
        aria-label={label}
        placeholder={label}
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || text.trim() === "") return;
          event.preventDefault();
          void send();
        }}
      />
      {failure && <p role="alert">{failure}</p>}
    </div>
  );
}
